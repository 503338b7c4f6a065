// Shapes that run: created at once in a namespace that enforces Pod Security `restricted`, with a LimitRange that fills in
// what the sidecar leaves open and a ResourceQuota that asks for all of it; each container calls the API by kubectl.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { injectors } from '../shapes/joining.ts';
import { RUNS } from '../shapes/runs.ts';
import { AGENT } from './controller-fixture.ts';
import { crew } from './pod-fixture.ts';

const cluster = await suiteCluster();
const agents = await crew(cluster, 'shapes');
const here = ['-n', agents.name];
const kubectl = (...args: string[]) => ok(cluster.kubectl([...args, ...here]));

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const container = (name: string, script = '$call', more: object = {}) => ({
  name,
  image: AGENT_IMAGE,
  imagePullPolicy: 'Never',
  args: ['-c', script.replace('$call', `kubectl get pods -n ${agents.shop}`)],
  securityContext: restricted,
  // What joins last is not filled in by the LimitRange any more.
  resources: { limits: { cpu: '1', memory: '128Mi' }, requests: { cpu: '10m', memory: '16Mi' } },
  ...more,
});
const spec = { serviceAccountName: AGENT, terminationGracePeriodSeconds: 1 };
const of = (apiVersion: string, kind: string, name: string, more: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: agents.name },
  ...more,
});
const most = { cpu: '2', memory: '256Mi', 'ephemeral-storage': '1Gi' };
const least = { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '1Mi' };
const policies = injectors(agents.name, container);

beforeAll(async () => {
  await create(
    cluster,
    of('v1', 'LimitRange', 'fill', {
      spec: { limits: [{ type: 'Container', default: most, defaultRequest: least }] },
    }),
    of('v1', 'ResourceQuota', 'all', {
      spec: { hard: { 'limits.cpu': '200', 'limits.memory': '100Gi', 'requests.cpu': '10', pods: '50' } },
    }),
    ...policies,
  );
  await ok(
    cluster.kubectl(['label', 'namespace', agents.name, 'pod-security.kubernetes.io/enforce=restricted']),
  );
  await waitFor({
    what: 'the other injectors to join',
    timeoutMs: 30_000,
    probe: async () =>
      (await complaint('replaces')) !== '' && (await complaint('reaches')) !== '' ? true : undefined,
  });
  await create(
    cluster,
    ...RUNS.map(({ name, metadata, phase = 'Succeeded', ...run }) => {
      const { labels = {} } = (metadata ?? {}) as { labels?: object };
      return {
        ...of('v1', 'Pod', name, {}),
        metadata: { name, namespace: agents.name, labels: { phase, ...labels } },
        spec: { ...spec, restartPolicy: 'Never', ...run.spec({ container }) },
      };
    }),
    of('batch/v1', 'Job', 'job', {
      spec: {
        backoffLimit: 0,
        template: { spec: { ...spec, restartPolicy: 'Never', containers: [container('agent')] } },
      },
    }),
    of('apps/v1', 'Deployment', 'steady', {
      spec: {
        selector: { matchLabels: { app: 'steady' } },
        template: {
          metadata: { labels: { app: 'steady' } },
          spec: { ...spec, containers: [container('agent', '$call && sleep infinity')] },
        },
      },
    }),
  );
});
afterAll(async () => {
  const names = policies.map((each) => {
    const { kind, metadata } = each as { kind: string; metadata: { name: string } };
    return `${kind}/${metadata.name}`;
  });
  await cluster.kubectl(['delete', '--ignore-not-found', ...names]);
  await agents[Symbol.asyncDispose]();
});

/** What is said to a pod that this injector changes; empty where it is taken. */
async function complaint(joins: string): Promise<string> {
  const pod = {
    ...of('v1', 'Pod', `by-${joins}`, { spec: { ...spec, containers: [container('agent')] } }),
    metadata: { name: `by-${joins}`, namespace: agents.name, labels: { joins } },
  };
  const argv = ['create', '--dry-run=server', '-f', '-'];
  const { code, stderr } = await cluster.kubectl(argv, { input: JSON.stringify(pod) });
  return code === 0 ? '' : stderr;
}

test.each([
  ['mounts a volume of ours', 'reaches', 'into the sidecar or its volumes'],
  ['puts another image into our container', 'replaces', 'is not what the injector writes today'],
])('refuses a pod when another injector behind ours %s', async (_, joins, words) => {
  expect(await complaint(joins)).toContain(words);
});

test('refuses a pod whose agent is not restricted, for that and not for the sidecar', async () => {
  const { securityContext: _, ...loose } = container('agent');
  const pod = of('v1', 'Pod', 'loose', { spec: { ...spec, containers: [loose] } });
  const argv = ['create', '--dry-run=server', '-f', '-'];
  const { stderr } = await cluster.kubectl(argv, { input: JSON.stringify(pod) });
  expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  expect(stderr).not.toContain('chaperone');
});

/** Ten pods begin at once, each with a sidecar that starts Node: seconds where the machine is quiet. */
const PATIENCE_SECONDS = 100;

test.each(['Succeeded', 'Failed'])(
  'every pod that is to end %s does',
  async (phase) => {
    const wait = ['wait', 'pod', '-l', `phase=${phase}`, `--for=jsonpath={.status.phase}=${phase}`];
    const { code } = await cluster.kubectl([...wait, `--timeout=${PATIENCE_SECONDS}s`, ...here]);
    const left = ['describe', 'pods', '-l', `phase=${phase}`];
    expect(code, code === 0 ? '' : await kubectl(...left)).toBe(0);
  },
  (PATIENCE_SECONDS + 10) * 1000,
);

test('each of many containers is known by its own name', async () => {
  const records = await kubectl('logs', 'many', '-c', 'chaperone');
  const callers = [...records.matchAll(/"caller":"(\w+)"/g)].map(([, name]) => name);
  expect(new Set(callers)).toEqual(new Set(Array.from({ length: 8 }, (_, index) => `c${index}`)));
});

test.each([
  ['joined-before', 'front'],
  ['joined-after', 'behind'],
])('in %s the container of the other injector called through the sidecar too', async (pod, name) => {
  expect(await kubectl('logs', pod, '-c', 'chaperone')).toContain(`"caller":"${name}"`);
});

test('a Job completes', async () => {
  await kubectl('wait', '--for=condition=Complete', 'job/job', '--timeout=50s');
});

test('a Deployment rolls out, and once more; its pod is resized and labelled while it runs', async () => {
  await kubectl('rollout', 'status', 'deployment/steady', '--timeout=50s');
  await kubectl('rollout', 'restart', 'deployment/steady');
  await kubectl('rollout', 'status', 'deployment/steady', '--timeout=50s');
  const { items } = JSON.parse(await kubectl('get', 'pods', '-l', 'app=steady', '-o', 'json')) as {
    items: { metadata: { name: string; deletionTimestamp?: string } }[];
  };
  // The one before it is still on its way out.
  const pod = items.find(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name ?? '';
  const resources = { limits: { memory: '300Mi' } };
  const resize = JSON.stringify({ spec: { containers: [{ name: 'agent', resources }] } });
  await kubectl('patch', 'pod', pod, '--subresource=resize', '-p', resize);
  await kubectl('label', 'pod', pod, 'ticket=INC-4711');
  expect(await agents.kubectl(pod, ['get', 'pods', '-n', agents.shop])).toMatchObject({ code: 0 });
});
