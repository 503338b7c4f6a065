// A cluster of its own, because its controller goes away: what does not start then, what goes on, and what comes back.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCollector } from '../cluster/collector.ts';
import { agentImage } from '../cluster/images.ts';
import { create, ok } from '../cluster/pods.ts';
import { type OwnCluster, startCluster } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait.ts';
import { agentPod, type Crew, crew } from '../e2e/pod-fixture.ts';
import { installChaperone, SYSTEM } from '../install.ts';

let cluster: OwnCluster;
let agents: Crew;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
  await installChaperone(cluster, (await startCollector(cluster)).endpoint);
  agents = await crew(cluster, 'gone');
  await agents.start('running');
  await create(cluster, agentPod(agents.name, 'later', { nodeSelector: { later: 'yes' } }));
  await ok(cluster.kubectl(['scale', 'deployment', 'chaperone', '-n', SYSTEM, '--replicas=0']));
  await ok(cluster.kubectl(['wait', '--for=delete', 'pod', '--all', '-n', SYSTEM, '--timeout=60s']));
});
afterAll(() => cluster?.stop());

/** The sidecar gives up after 20 s; the kubelet shows it a moment later. */
const SHOWN_WITHIN_MS = 60_000;
const listPods = () => agents.kubectl('running', ['get', 'pods', '-n', agents.shop]);

test('an agent that runs goes on within its lease', async () => {
  expect(await listPods()).toMatchObject({ code: 0 });
});

test('a sidecar that crashes comes back without the controller, and believes nothing', async () => {
  const kill = ['--', '/usr/local/bin/node', '-e', 'process.kill(1, "SIGTERM")'];
  await ok(cluster.kubectl(['exec', '-n', agents.name, 'running', '-c', 'chaperone', ...kill]));
  await waitFor({
    what: 'a refusal for want of a lease',
    timeoutMs: SHOWN_WITHIN_MS,
    probe: async () => {
      const argv = ['get', '--raw', `/api/v1/namespaces/${agents.shop}/pods`];
      const { code, stderr } = await agents.kubectl('running', argv);
      return (code !== 0 && stderr.includes('ServiceUnavailable')) || undefined;
    },
  });
});

test('an agent that starts does not, and describe says why', async () => {
  await ok(cluster.kubectl(['label', 'node', '--all', 'later=yes']));
  const describe = ['describe', 'pod', 'later', '-n', agents.name];
  const said = await waitFor({
    what: 'describe to say why',
    timeoutMs: SHOWN_WITHIN_MS,
    probe: async () =>
      /chaperone: the pod cannot be enrolled.*/.exec(await ok(cluster.kubectl(describe)))?.[0],
    evidence: () => ok(cluster.kubectl(describe)),
  });
  expect(said).toContain('the controller');
  const started = [
    'get',
    'pod',
    'later',
    '-n',
    agents.name,
    '-o',
    'jsonpath={.status.containerStatuses[0].state.waiting.reason}',
  ];
  expect(await ok(cluster.kubectl(started))).toBe('PodInitializing');
});

test('when the controller is back both are served', async () => {
  await ok(cluster.kubectl(['scale', 'deployment', 'chaperone', '-n', SYSTEM, '--replicas=1']));
  await ok(
    cluster.kubectl(['wait', '--for=condition=Ready', 'pod/later', '-n', agents.name, '--timeout=100s']),
  );
  await waitFor({
    what: 'the running agent to be served again',
    timeoutMs: SHOWN_WITHIN_MS,
    probe: async () => (await listPods()).code === 0 || undefined,
  });
}, 180_000);
