// A whole pod under a policy that observes: what the policy denies is done and marked, everything else holds, and what is
// open when the policy enforces again ends.
import { afterAll, expect, test } from 'vitest';
import { collectorOf } from '../cluster/collector.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { crew, VALUE } from './pod-fixture.ts';

const cluster = await suiteCluster();
const agents = await crew(cluster, 'observe');
afterAll(() => agents[Symbol.asyncDispose]());
const setMode = (mode: string) =>
  ok(
    cluster.kubectl([
      ...['patch', 'agentpolicy', 'triage', '-n', agents.name, '--type=merge'],
      ...['-p', JSON.stringify({ spec: { mode } })],
    ]),
  );
await setMode('Observe');
await agents.start('agent');

const kubectl = (...args: string[]) => agents.kubectl('agent', args);
const inShop = ['-n', agents.shop];
const mode = `AgentPolicy ${agents.name}/triage mode Observe`;

async function recordOf(match: (record: Record<string, unknown>) => boolean) {
  const lines = await ok(cluster.kubectl(['logs', '-n', agents.name, 'agent', '-c', 'chaperone']));
  return lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find(match);
}

test('people see the mode of a policy', async () => {
  expect(await ok(cluster.kubectl(['get', 'agentpolicies', '-n', agents.name]))).toMatch(/MODE.*\n.*Observe/);
});

test('what no rule covers is done as asked, and the record and the span say what Enforce would have said', async () => {
  expect(await kubectl('create', 'service', 'clusterip', 'made', '--tcp=80', ...inShop)).toMatchObject({
    code: 0,
  });
  const record = await recordOf(({ resource, verb }) => resource === 'services' && verb === 'create');
  expect(record).toMatchObject({
    decision: 'permit',
    rule: mode,
    insteadRefusal: 'NoRule',
    insteadMessage: expect.stringMatching(/^chaperone refuses create services .*no rule and no scope/),
  });
  const span = await collectorOf(cluster).until(
    ({ attributes }) => attributes['chaperone.audit_id'] === record?.auditId,
    'the span of the write',
  );
  expect(span.attributes).toMatchObject({
    'chaperone.decision': 'permit',
    'chaperone.rule': mode,
    'chaperone.instead.refusal': 'NoRule',
    'http.response.status_code': 201,
  });
});

test('what a rule covers is marked with nothing', async () => {
  expect(await kubectl('get', 'pods', ...inShop)).toMatchObject({ code: 0 });
  const record = await recordOf(({ resource, verb }) => resource === 'pods' && verb === 'list');
  expect(record).toMatchObject({ rule: expect.stringContaining('standing.rules[0]') });
  expect(record).not.toHaveProperty('insteadRefusal');
});

test('a Secret that only a Grant would show is read, and stays masked', async () => {
  const { stdout, code } = await kubectl('get', 'secret', 'web-tls', ...inShop, '-o', 'yaml');
  expect(code).toBe(0);
  expect(stdout).not.toContain(Buffer.from(VALUE).toString('base64'));
  const key = /key: (\S+)/.exec(stdout)?.[1] ?? '';
  expect(Buffer.from(key, 'base64').toString()).toMatch(/^chaperone: hidden value/);
});

test.each([
  ['the closed list', ['get', 'nodes'], /closed list/],
  [
    'no guess at a hidden value',
    ['patch', 'secret', 'web-tls', ...inShop, '--dry-run=server', '-p', '{"data":{"key":"YQ=="}}'],
    /over the hidden value at data\.key/,
  ],
  [
    'no proxy',
    ['get', '--raw', `/api/v1/namespaces/${agents.shop}/pods/x/proxy/`],
    /what a proxy carries is not recorded/,
  ],
])('an agent that is observed still meets %s', async (_, argv, why) => {
  const { code, stderr } = await kubectl(...argv);
  expect(code, stderr).not.toBe(0);
  expect(stderr).toMatch(why);
});

test('a watch that only Observe lets through ends within a second of the policy enforcing', async () => {
  const path = `/api/v1/namespaces/${agents.shop}/endpoints?watch=true`;
  const watch = kubectl('get', '--raw', path);
  let endedMs = Number.POSITIVE_INFINITY;
  const ended = watch.finally(() => {
    endedMs = performance.now();
  });
  await cluster.audit.until(
    ({ stage, requestURI }) => stage === 'ResponseStarted' && requestURI.startsWith(path),
    'the watch to be open',
  );
  await setMode('Enforce');
  const enforcedMs = performance.now();
  const { stdout } = await ended;
  expect(stdout).toMatch(/"type":"ERROR".*"code":403/);
  // kubectl and the exec around it end a moment after the stream does.
  expect(endedMs - enforcedMs).toBeLessThan(1000);
  expect((await kubectl('get', 'services', ...inShop)).stderr).toContain('(Forbidden)');
});

test.each(['Enforce', 'Observe'])('no agent under %s makes its policy observe', async (set) => {
  await setMode(set);
  const triage = `/apis/chaperone.dev/v1alpha1/namespaces/${agents.name}/agentpolicies/triage`;
  const object = JSON.stringify({ metadata: { name: 'triage' }, spec: { mode: 'Observe' } });
  const replace = `echo '${object}' | kubectl replace --raw ${triage} -f -`;
  const argv = ['exec', '-n', agents.name, 'agent', '-c', 'agent', '--', 'sh', '-c', replace];
  expect((await cluster.kubectl(argv)).stderr).toMatch(/closed list: it decides what agents may do/);
  const written = (await cluster.audit.calls()).filter(
    ({ verb, requestURI, user }) =>
      requestURI.startsWith(triage) && verb !== 'get' && user.username.endsWith(':triage-bot'),
  );
  expect(written).toEqual([]);
});
