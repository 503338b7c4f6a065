// What an agent did in a pod, read back by a person: `kubectl chaperone replay` against the installed controllers.
import { afterAll, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok, startAgent } from '../cluster/pods.ts';
import { run } from '../cluster/run.ts';
import { execRule } from '../fault/recorded-exec.ts';
import { crew } from './pod-fixture.ts';

const cluster = await suiteCluster();
const agents = await crew(cluster, 'replay');
afterAll(() => agents[Symbol.asyncDispose]());

const replay = (...args: string[]) =>
  run([process.execPath, 'dist/cli.mjs', 'replay', '--kubeconfig', cluster.kubeconfig, ...args]);

/** Lets the agent run `sh` in the shop's pod. */
async function allowExec(): Promise<void> {
  const patch = JSON.stringify([{ op: 'add', path: '/spec/standing/rules/-', value: execRule(agents.shop) }]);
  const where = ['agentpolicy', 'triage', '-n', agents.name];
  await ok(cluster.kubectl(['patch', ...where, '--type=json', '-p', patch]));
}

test('an exec of an agent is listed, replayed and printed; what is not there is said so', async () => {
  await Promise.all([startAgent(cluster, agents.shop), agents.start('agent')]);
  await allowExec();
  const words = ['sh', '-c', 'printf "\\033]0;title\\007out\\n"; echo err >&2; exit 3'];
  const exec = ['exec', 'agent', '-n', agents.shop, '-c', 'agent', '--', ...words];
  await expect
    .poll(async () => (await agents.kubectl('agent', exec)).stdout, { timeout: 20_000 })
    .toContain('out');

  const listed = (await ok(replay())).split('\n').filter((line) => line.includes(`${agents.shop}/agent`));
  const [, name = ''] = /^\S+ {2}(\S+) {2}/.exec(listed.at(-1) ?? '') ?? [];
  const [, id = ''] = name.split('/');
  const text = await ok(replay(id, '--text'));
  expect(text).toMatch(/^ +\d\.\d{3} out {2}\^\[\]0;title\^Gout$/m);
  expect(text).toMatch(/^ +\d\.\d{3} err {2}err$/m);
  expect(text).toMatch(/^ +\d\.\d{3} note it ended: 3$/m);
  expect(text).not.toContain('chaperone: ');
  const played = await replay(name, '--speed', '100');
  expect([played.code, played.stdout.includes('out\n'), played.stdout.includes('title')]).toEqual([
    0,
    true,
    false,
  ]);

  const other = id.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  expect(await replay(other)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`no controller in chaperone-system has a recording ${other}`),
  });
  expect(await replay(id, '-n', 'default')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no controller runs in default'),
  });
});
