// Injection as the API server sees it: what becomes of a pod in a labelled namespace, and what is refused before it exists
// or changes. The pods run nowhere; that the sidecar works is another file's.
import { afterAll, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { agentNamespace, idlePod } from './controller-fixture.ts';

const cluster = await suiteCluster();
const agents = await agentNamespace(cluster, 'injection');
afterAll(() => agents[Symbol.asyncDispose]());
const here = ['-n', agents.name];

interface Pod {
  metadata: { name: string; namespace: string };
  spec: {
    initContainers?: { name: string; image: string; restartPolicy?: string }[];
    containers: {
      name: string;
      volumeMounts?: { mountPath: string }[];
      env?: { name: string; value?: string }[];
    }[];
    volumes?: object[];
    automountServiceAccountToken?: boolean;
  };
}

const read = async (what: readonly string[]): Promise<Pod> =>
  JSON.parse(await ok(cluster.kubectl(['get', ...what, ...here, '-o', 'json'])));

async function complaint(args: readonly string[], object?: object): Promise<string> {
  const input = object === undefined ? {} : { input: JSON.stringify(object) };
  const { code, stderr } = await cluster.kubectl([...args, ...here], input);
  return code === 0 ? '' : stderr;
}

const creating = (object: object) => complaint(['create', '--validate=ignore', '-f', '-'], object);

test('a plain pod gets a native sidecar, and its container the way to it instead of a token', async () => {
  await create(cluster, idlePod(agents.name, 'plain'));
  const { spec } = await read(['pod', 'plain']);
  expect(spec.initContainers).toMatchObject([{ name: 'chaperone', restartPolicy: 'Always' }]);
  expect(spec.automountServiceAccountToken).toBe(false);
  const [agent] = spec.containers;
  const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';
  expect(agent?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual([tokenPath]);
  expect(agent?.env).toContainEqual({ name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' });
});

test("a Job's pod gets one too", async () => {
  const { spec } = idlePod(agents.name, 'x');
  const template = { spec: { ...spec, restartPolicy: 'Never' } };
  const metadata = { name: 'once', namespace: agents.name };
  await create(cluster, { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template } });
  const name = await waitFor({
    what: "the Job's pod",
    timeoutMs: 20_000,
    probe: async () =>
      (await ok(cluster.kubectl(['get', 'pods', ...here, '-l', 'job-name=once', '-o', 'name']))).trim() ||
      undefined,
  });
  expect((await read([name])).spec.initContainers).toMatchObject([{ name: 'chaperone' }]);
});

test('a copy of an injected pod is injected anew, nothing twice', async () => {
  await create(cluster, idlePod(agents.name, 'original'));
  const { spec } = await read(['pod', 'original']);
  const copy = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'copy', namespace: agents.name }, spec };
  expect(await creating(copy)).toBe('');
  const { spec: copied } = await read(['pod', 'copy']);
  expect(copied.initContainers).toEqual(spec.initContainers);
  expect(copied.volumes).toEqual(spec.volumes);
});

const idle = (spec: object) => idlePod(agents.name, 'refused', undefined, spec);
const [container] = idlePod(agents.name, 'x').spec.containers;

test.each([
  [
    'a forged sidecar',
    { initContainers: [{ name: 'chaperone', image: 'localhost/evil:1', restartPolicy: 'Always' }] },
    'is not what the injector writes today',
  ],
  ['the processes of the node', { hostPID: true }, "see or reach the sidecar's processes"],
  ["the node's network", { hostNetwork: true }, 'leave the pod'],
  ['one process namespace for all containers', { shareProcessNamespace: true }, "the sidecar's processes"],
  [
    'a privileged container',
    { containers: [{ ...container, securityContext: { privileged: true } }] },
    'out of its container',
  ],
  [
    "the sidecar's user",
    { containers: [{ ...container, securityContext: { runAsUser: 61443 } }] },
    "the sidecar's own user",
  ],
  ['a path of the node', { volumes: [{ name: 'node', hostPath: { path: '/' } }] }, 'can reach the node'],
  [
    'a token of its own',
    { volumes: [{ name: 'mine', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] },
    'a credential of its own, past the sidecar',
  ],
])('refuses a pod with %s', async (_, spec, words) => {
  expect(await creating(idle(spec))).toContain(words);
});

test('nothing about the sidecar changes while the pod lives', async () => {
  await create(cluster, idlePod(agents.name, 'living'));
  expect(await complaint(['set', 'image', 'pod/living', 'chaperone=localhost/evil:1'])).toContain(
    'cannot change while the pod lives',
  );
  expect(await complaint(['label', 'pod', 'living', 'ticket=INC-4711'])).toBe('');
  const less = {
    spec: { initContainers: [{ name: 'chaperone', resources: { limits: { memory: '8Mi' } } }] },
  };
  const resize = ['patch', 'pod', 'living', '--subresource=resize', '-p', JSON.stringify(less)];
  expect(await complaint(resize)).not.toBe('');
});

test('a debugger comes to the agent and not to the sidecar', async () => {
  await create(cluster, idlePod(agents.name, 'debugged'));
  const debug = [
    'debug',
    'debugged',
    '--image=localhost/chaperone-agent:test',
    '--attach=false',
    '--profile=baseline',
  ];
  expect(await complaint([...debug, '--target=chaperone', '-c', 'one'])).toContain('into the sidecar');
  expect(await complaint([...debug, '--target=agent', '-c', 'two'])).toBe('');
});
