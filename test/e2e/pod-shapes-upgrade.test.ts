// A cluster of its own, because what every sidecar is changes in it, and later what an agent is: pods of before an upgrade go
// on and end, and without the CustomResourceDefinitions only labelled namespaces stand still.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCollector } from '../cluster/collector.ts';
import { freshNamespace } from '../cluster/fixture.ts';
import { agentImage } from '../cluster/images.ts';
import { create, ok, untilReady } from '../cluster/pods.ts';
import { type OwnCluster, startCluster } from '../cluster/start.ts';
import { installChaperone, SYSTEM } from '../install.ts';
import { idlePod } from './controller-fixture.ts';
import { agentPod, type Crew, crew } from './pod-fixture.ts';

const CHART = join(import.meta.dirname, '../../charts/chaperone');
const FINALIZER = 'example.com/held';

let cluster: OwnCluster;
let agents: Crew;
let born: { spec: object };

const kubectl = (...args: string[]) => ok(cluster.kubectl([...args, '-n', agents.name]));
const complaint = async (object: object): Promise<string> => {
  const argv = ['create', '--dry-run=server', '-f', '-'];
  const { code, stderr } = await cluster.kubectl(argv, { input: JSON.stringify(object) });
  return code === 0 ? '' : stderr;
};

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
  await installChaperone(cluster, (await startCollector(cluster)).endpoint);
  agents = await crew(cluster, 'upgraded');
  const pod = agentPod(agents.name, 'old');
  await create(cluster, { ...pod, metadata: { ...pod.metadata, finalizers: [FINALIZER] } });
  await untilReady(cluster, agents.name, 'old');
  born = JSON.parse(await kubectl('get', 'pod', 'old', '-o', 'json'));
  const upgrade = [
    'upgrade',
    'chaperone',
    CHART,
    '-n',
    SYSTEM,
    '--reuse-values',
    '--wait',
    '--timeout',
    '60s',
  ];
  await ok(cluster.helm([...upgrade, '--set', 'sidecar.resources.requests.cpu=11m']));
});
afterAll(() => cluster?.stop());

test('a new pod gets the new sidecar, and a copy of an old one is refused', async () => {
  const copy = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'copy', namespace: agents.name },
    spec: born.spec,
  };
  await expect
    .poll(() => complaint(copy), { timeout: 20_000 })
    .toContain('is not what the injector writes today');
  // Until the last of before has gone, what one replica has written another may refuse.
  const controllers = ['get', 'pods', '-n', SYSTEM, '-l', 'app.kubernetes.io/name=chaperone', '-o', 'name'];
  const count = async () => (await ok(cluster.kubectl(controllers))).trim().split('\n').length;
  await ok(cluster.kubectl(['rollout', 'status', 'deployment/chaperone', '-n', SYSTEM]));
  await expect.poll(count, { timeout: 40_000 }).toBe(2);
  await create(cluster, idlePod(agents.name, 'new'));
  const cpu = 'jsonpath={.spec.initContainers[0].resources.requests.cpu}';
  expect(await kubectl('get', 'pod', 'new', '-o', cpu)).toBe('11m');
});

test('a pod of before the upgrade goes on, is labelled and resized, and ends with its finalizer', async () => {
  expect(await agents.kubectl('old', ['get', 'pods', '-n', agents.shop])).toMatchObject({ code: 0 });
  await kubectl('label', 'pod', 'old', 'ticket=INC-4711');
  const resources = { limits: { memory: '300Mi' } };
  const resize = JSON.stringify({ spec: { containers: [{ name: 'agent', resources }] } });
  await kubectl('patch', 'pod', 'old', '--subresource=resize', '-p', resize);
  const path = `/api/v1/namespaces/${agents.name}/pods/old/eviction`;
  const eviction = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'old', namespace: agents.name },
  };
  await ok(cluster.kubectl(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction) }));
  // The kubelet stops the containers and says so: its updates of the status meet nothing of ours.
  const ended = '--for=jsonpath={.status.containerStatuses[0].state.terminated.reason}';
  await kubectl('wait', 'pod/old', ended, '--timeout=40s');
  expect(await kubectl('get', 'pod', 'old', '-o', 'jsonpath={.metadata.finalizers}')).toContain(FINALIZER);
  await kubectl('patch', 'pod', 'old', '-p', '{"metadata":{"finalizers":null}}');
  await kubectl('wait', '--for=delete', 'pod/old', '--timeout=40s');
});

test('without the CustomResourceDefinitions labelled namespaces take no pod, and all others go on', async () => {
  await using plain = await freshNamespace(cluster, 'plain');
  await ok(cluster.kubectl(['delete', 'crd', 'agentpolicies.chaperone.dev', 'grants.chaperone.dev']));
  const label = async (namespace: string) =>
    (await cluster.kubectl(['label', '--overwrite', 'namespace', namespace, 'a=b'])).stderr;
  // One that runs still knows the kind, of which nothing is left; one that starts does not.
  await cluster.component('kube-apiserver').restart();
  await expect.poll(() => label(agents.name), { timeout: 60_000 }).toContain('failed to configure policy');
  const there = (namespace: string) => complaint(idlePod(namespace, 'agent', 'default'));
  await expect.poll(() => there(agents.name), { timeout: 30_000 }).not.toBe('');
  expect([await there(plain.name), await label(plain.name)]).toEqual(['', '']);
  await ok(cluster.helm(['uninstall', 'chaperone', '-n', SYSTEM, '--wait']));
  await expect.poll(() => there(agents.name), { timeout: 30_000 }).toBe('');
}, 120_000);
