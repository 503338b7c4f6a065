// `chaperone run` without a COMMAND: a door for clients that are started elsewhere, until a signal closes it.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, openBench } from './bench.ts';
import { policyFor } from './policy.ts';

let bench: Bench;
let policy: string;

beforeAll(async () => {
  bench = await openBench('run-stay-up');
  policy = await bench.file('policy.yaml', [policyFor(bench.namespace)]);
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const UP = /governed by .* at https:\/\/127\.0\.0\.1:(\d+)/;

it('serves a kubeconfig written where it was asked for, records on stdout, and ends clean on SIGTERM', async () => {
  const out = join(bench.folder, 'out/agent.conf');
  const running = bench.start(['run', '--policy', policy, '--kubeconfig-out', out]);
  await running.says(/use it with: export KUBECONFIG=.*agent\.conf/);
  const files = ['agent.conf', 'agent.conf.ca.crt', 'agent.conf.token'];
  expect((await readdir(join(bench.folder, 'out'))).toSorted()).toEqual(files);
  for (const file of files) expect((await stat(join(bench.folder, 'out', file))).mode & 0o777).toBe(0o600);
  expect(await readFile(out, 'utf8')).not.toContain(bench.cluster.server);

  const kubectl = (...args: string[]) => bench.cluster.kubectl(args, { kubeconfig: out });
  expect(await kubectl('get', 'pods')).toMatchObject({ code: 0 });
  expect((await kubectl('get', 'nodes')).stderr).toMatch(/chaperone refuses list nodes/);

  running.signal('SIGTERM');
  const ended = await running.ended;
  expect(ended).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^chaperone: \d+ allowed, 1 denied, /m),
  });
  const records = ended.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records).toContainEqual(
    expect.objectContaining({ verb: 'list', resource: 'pods', decision: 'permit' }),
  );
  expect(records).toContainEqual(
    expect.objectContaining({ resource: 'nodes', refusal: 'ClosedUnlessNamed' }),
  );
  expect(await readdir(join(bench.folder, 'out'))).toEqual([]);
  expect(await readdir(bench.temporary)).toEqual([]);
});

it('writes a private kubeconfig where none was asked for, and takes it away on SIGINT', async () => {
  const running = bench.start(['run', '--policy', policy]);
  const [, path = ''] = await running.says(/export KUBECONFIG=(.*)/);
  expect((await bench.cluster.kubectl(['get', 'pods'], { kubeconfig: path })).code).toBe(0);
  running.signal('SIGINT');
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(await readdir(bench.temporary)).toEqual([]);
});

it('listens on the port it is given; one that is in use is one line and exit 64', async () => {
  const first = bench.start(['run', '--policy', policy]);
  const [, port = ''] = await first.says(UP);
  const second = await bench.run(['run', '--policy', policy, '--port', port]);
  expect(second).toEqual({ code: 64, stdout: '', stderr: `chaperone: --port: ${port} is in use\n` });
  first.signal('SIGTERM');
  await first.ended;
  const third = bench.start(['run', '--policy', policy, '--port', port]);
  expect((await third.says(UP))[1]).toBe(port);
});

it('refuses every call when nobody reads the records any more', async () => {
  const running = bench.start(['run', '--policy', policy]);
  const [, path = ''] = await running.says(/export KUBECONFIG=(.*)/);
  running.closeStdout();
  expect((await bench.cluster.kubectl(['get', 'pods'], { kubeconfig: path })).code).toBe(1);
  running.signal('SIGTERM');
  const ended = await running.ended;
  expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/^chaperone: 0 allowed, /m) });
  expect(ended.stderr).toMatch(/^ +\d+ {2}RecordFailed {2}get \/api$/m);
});

it('never replaces a kubeconfig that is not its own', async () => {
  const theirs = await bench.kubeconfigFor('theirs.conf', { token: bench.token });
  const before = await readFile(theirs, 'utf8');
  const ended = await bench.run(['run', '--policy', policy, '--kubeconfig-out', theirs]);
  const stderr = `chaperone: --kubeconfig-out: ${theirs} is there already and not ours to replace\n`;
  expect(ended).toEqual({ code: 64, stdout: '', stderr });
  expect(await readFile(theirs, 'utf8')).toBe(before);
});
