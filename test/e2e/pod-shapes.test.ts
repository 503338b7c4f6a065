// The shapes of docs/pod-shapes.md as a real API server meets them, with its defaults, its own admission and both webhooks.
// Created and changed in dry runs; what runs is pod-shapes-node.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshNamespace, suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { CHANGES } from '../shapes/changes.ts';
import { SECTIONS } from '../shapes/sections.ts';
import { podSpec } from '../shapes/shape.ts';
import { agentNamespace, idlePod, LABELLED } from './controller-fixture.ts';

const cluster = await suiteCluster();
const agents = await agentNamespace(cluster, 'shapes');
const here = ['-n', agents.name];
const CLASSES = ['priorityclass/shapes', 'runtimeclass/shapes'];

const object = (apiVersion: string, kind: string, name: string, more: object) => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});

beforeAll(async () => {
  await create(
    cluster,
    object('scheduling.k8s.io/v1', 'PriorityClass', 'shapes', { value: 1 }),
    object('node.k8s.io/v1', 'RuntimeClass', 'shapes', {
      handler: 'runc',
      overhead: { podFixed: { memory: '8Mi' } },
    }),
  );
  await create(cluster, idlePod(agents.name, 'living'));
});
afterAll(async () => {
  await cluster.kubectl(['delete', ...CLASSES]);
  await agents[Symbol.asyncDispose]();
});

test('every shape is what its line says it is', async () => {
  const shapes = SECTIONS.flatMap((section) => section.shapes).filter(({ gated }) => !gated);
  const named = shapes.map((shape, index) => ({ ...shape, name: `shape-${index}` }));
  const items = named.map(({ name, spec, metadata }) => {
    const given = { name, ...metadata, namespace: agents.name };
    const own = 'generateName' in given ? { ...given, generateName: `${name}-` } : given;
    return { apiVersion: 'v1', kind: 'Pod', metadata: own, spec: podSpec(spec) };
  });
  const argv = ['create', '--dry-run=server', '--validate=ignore', '-o', 'name', '-f', '-'];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { stdout, stderr } = await cluster.kubectl(argv, { input });

  const said = (name: string, text: string) =>
    text.split('\n').find((line) => new RegExp(`\\b${name}\\b`).test(line)) ?? '';
  const found = named.map(({ name, shape }) => [shape, said(name, stdout) ? 'injected' : said(name, stderr)]);
  const wanted = named.map(({ shape, result }) => {
    if (result.kind === 'injected') return [shape, 'injected'];
    const words = result.kind === 'invalid' ? result.words : 'chaperone refuses';
    return [shape, expect.stringContaining(words)];
  });
  expect(found).toEqual(wanted);
});

test.each(
  CHANGES.filter(({ subresource }) => subresource !== 'ephemeralcontainers').map(
    (change) => [change.shape, change] as const,
  ),
)('a living pod gets %s, or is refused it', async (_, { patch, subresource, code }) => {
  const flags = subresource === undefined ? [] : [`--subresource=${subresource}`];
  const argv = ['patch', 'pod', 'living', ...here, '--dry-run=server', ...flags, '-p', JSON.stringify(patch)];
  const answer = await cluster.kubectl(argv);
  expect(answer.code === 0 ? '' : answer.stderr).toEqual(
    code === undefined ? '' : expect.stringMatching(/\S/),
  );
});

test.each([
  [
    'a LimitRange whose maximum is below the sidecar',
    object('v1', 'LimitRange', 'most', {
      spec: { limits: [{ type: 'Container', max: { memory: '128Mi' } }] },
    }),
    'maximum memory usage per Container is 128Mi, but limit is 256Mi',
  ],
  [
    'a ResourceQuota that asks for a limit that the sidecar has not',
    object('v1', 'ResourceQuota', 'cpu', { spec: { hard: { 'limits.cpu': '4' } } }),
    'must specify limits.cpu for: agent,chaperone',
  ],
])('%s refuses the pod in its own words', async (_, limit, words) => {
  await using limited = await freshNamespace(cluster, 'limited', LABELLED);
  await create(cluster, { ...limit, metadata: { ...limit.metadata, namespace: limited.name } });
  const pod = idlePod(limited.name, 'agent', 'default');
  const argv = ['create', '--dry-run=server', '-f', '-'];
  await expect
    .poll(async () => (await cluster.kubectl(argv, { input: JSON.stringify(pod) })).stderr)
    .toContain(words);
});

test('a template is taken as it is, and its pods are judged when they are made', async () => {
  const { spec } = idlePod(agents.name, 'x');
  const template = { metadata: { labels: { app: 'x' } }, spec: { ...spec, hostNetwork: true } };
  const deployment = object('apps/v1', 'Deployment', 'unjudged', {
    spec: { replicas: 1, selector: { matchLabels: { app: 'x' } }, template },
  });
  const metadata = { ...deployment.metadata, namespace: agents.name };
  await create(cluster, { ...deployment, metadata });
  const events = ['get', 'events', ...here, '--field-selector=reason=FailedCreate', '-o', 'yaml'];
  await expect.poll(() => ok(cluster.kubectl(events)), { timeout: 20_000 }).toContain('chaperone refuses');
});

test('a copy of a pod to debug is injected anew, unless all of it is to share its processes', async () => {
  const debug = [
    'debug',
    'living',
    ...here,
    '--attach=false',
    '--image=localhost/debug:1',
    '--profile=restricted',
  ];
  const shared = await cluster.kubectl([...debug, '--copy-to=shared']);
  expect(shared.stderr).toContain('spec.shareProcessNamespace would let the agent');
  await ok(cluster.kubectl([...debug, '--copy-to=copied', '--share-processes=false', '-c', 'debugger']));
  const callers = 'jsonpath={.spec.initContainers[0].env[?(@.name=="CHAPERONE_AGENT_CONTAINERS")].value}';
  expect(await ok(cluster.kubectl(['get', 'pod', 'copied', ...here, '-o', callers]))).toBe('agent,debugger');
});
