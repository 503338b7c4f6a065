// The stage on which everything that ends by its date is renewed: a cluster of its own, two controllers whose certificates live
// for seconds, an agent that never rests, one that will crash, one that no node takes yet; and what is seen from the seats.
import { setTimeout as after } from 'node:timers/promises';
import { ROOTS } from '../../ca/profiles.ts';
import { makeRoot, type Root } from '../../ca/roots.ts';
import { fingerprint } from '../../ca/x509.ts';
import { startCollector } from '../cluster/collector.ts';
import { agentImage } from '../cluster/images.ts';
import { create, ok, untilReady } from '../cluster/pods.ts';
import { type OwnCluster, startCluster } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait.ts';
import { agentPod, type Crew, crew } from '../e2e/pod-fixture.ts';
import { chaperoneImage, installChaperone, SYSTEM } from '../install.ts';
import { busyPod, filesOf, hurriedController } from './rotation-fixture.ts';

const CALLS_A_PHASE = 1000;
const HOUR_MS = 3_600_000;
/** On a machine that does much else; nothing waited for takes half of it alone. */
const PATIENCE_MS = 150_000;
const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Each look starts a kubectl, which a busy machine notices. */
const LOOK_EVERY_MS = 300;

export const until = <T>(what: string, look: () => Promise<T | undefined>) => {
  const probe = async () => (await look()) ?? after(LOOK_EVERY_MS, undefined);
  return waitFor({ what, timeoutMs: PATIENCE_MS, probe });
};

/** What traffic.ts prints. */
interface Totals {
  readonly calls: number;
  readonly watched: number;
  readonly failures: readonly string[];
}

export interface Stage {
  readonly cluster: OwnCluster;
  readonly agents: Crew;
  /** Old enough to be succeeded when the controllers start. */
  readonly firstLoopback: Root;
  /** What happens, with at least a thousand calls in it or right after it, and a watch that is open still. */
  underTraffic<T>(happens: () => Promise<T>): Promise<T>;
  /** Of calls and watches, with their moment. */
  failures(): Promise<readonly string[]>;
  /** In an agent's container that has a shell. */
  run(pod: string, script: string): Promise<string>;
  /** A call of the pod `crashing` that trusts what its `ca.crt` held when it started, and nothing else. */
  callAsAtStart(): Promise<string>;
  /** The fingerprint of its root. */
  caOf(pod: string): Promise<string>;
  /** What stands in a file that only the sidecar sees. */
  sidecarFile(pod: string, name: string): Promise<string>;
  /** The trusted control roots, PEM: of the webhooks. */
  caBundle(): Promise<string>;
  /** How often the pod has been attested. */
  attested(pod: string): Promise<number>;
}

export async function startStage(): Promise<Stage> {
  const bundle = hurriedController();
  const cluster = await startCluster();
  await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
  const firstLoopback = await makeRoot('loopback', Date.now() - ROOTS.loopback.succeedAfterMs - HOUR_MS);
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'chaperone-loopback-root', namespace: SYSTEM },
      stringData: { ...filesOf(firstLoopback), signing: firstLoopback.id },
    },
  );
  const image = chaperoneImage({ 'controller.mjs': await bundle });
  await installChaperone(cluster, (await startCollector(cluster)).endpoint, image);
  const agents = await crew(cluster, 'rotation');
  const here = ['-n', agents.name];

  await create(
    cluster,
    agentPod(agents.shop, 'seen', { nodeSelector: { nowhere: 'yes' }, serviceAccountName: 'default' }),
    await busyPod(agents.name, agents.shop),
    agentPod(agents.name, 'crashing'),
    agentPod(agents.name, 'pending', { nodeSelector: { later: 'yes' } }),
  );
  for (const pod of ['busy', 'crashing']) await untilReady(cluster, agents.name, pod);

  const kubectl = (...args: readonly string[]) => ok(cluster.kubectl(args));
  const run = (pod: string, script: string) =>
    kubectl('exec', pod, ...here, '-c', 'agent', '--', 'sh', '-c', script);
  const totals = () =>
    until('the totals', async () => {
      // Not while the kubelet restarts.
      const { code, stdout } = await cluster.kubectl(['logs', 'busy', ...here, '-c', 'agent', '--tail=2']);
      const line = stdout.split('\n').findLast((each) => each.endsWith('}'));
      return code === 0 && line !== undefined ? (JSON.parse(line) as Totals) : undefined;
    });
  await run('crashing', `cp ${FOLDER}/ca.crt /tmp/ca.crt`);

  return {
    cluster,
    agents,
    firstLoopback,
    async underTraffic(happens) {
      const before = await totals();
      const result = await happens();
      const then = await totals();
      await kubectl('label', 'pod', 'seen', '-n', agents.shop, '--overwrite', `after=${then.calls}-calls`);
      await until('a thousand calls, and the watch to see a change', async () => {
        const { calls, watched, failures } = await totals();
        const isEnough = calls - before.calls >= CALLS_A_PHASE && watched > then.watched;
        return isEnough || failures.length > 0 || undefined;
      });
      return result;
    },
    async failures() {
      const { failures } = await totals();
      // Its probes fail where the machine is starved, and that is another matter.
      const path = 'jsonpath={.status.initContainerStatuses[0].restartCount}';
      const restarts = await kubectl('get', 'pod', 'busy', ...here, '-o', path);
      return restarts === '0' ? failures : [...failures, `its sidecar was restarted ${restarts} times`];
    },
    run,
    callAsAtStart: () =>
      run(
        'crashing',
        `kubectl --server=https://127.0.0.1:15443 --certificate-authority=/tmp/ca.crt ` +
          `--token="$(cat ${FOLDER}/token)" get pods -n ${agents.shop}`,
      ),
    caOf: async (pod) => fingerprint(await run(pod, `cat ${FOLDER}/ca.crt`)),
    sidecarFile(pod, name) {
      const print = `process.stdout.write(require('fs').readFileSync('/var/run/chaperone/identity/${name}'))`;
      const node = ['/usr/local/bin/node', '-e', print];
      return kubectl('exec', pod, ...here, '-c', 'chaperone', '--', ...node);
    },
    async caBundle() {
      const path = 'jsonpath={.webhooks[0].clientConfig.caBundle}';
      const bundle = await kubectl('get', 'mutatingwebhookconfiguration', 'chaperone', '-o', path);
      return Buffer.from(bundle, 'base64').toString();
    },
    async attested(pod) {
      const uid = await kubectl('get', 'pod', pod, ...here, '-o', 'jsonpath={.metadata.uid}');
      const replicas = ['-n', SYSTEM, '-l', 'app.kubernetes.io/name=chaperone', '--tail=-1'];
      const lines = (await kubectl('logs', ...replicas)).split('\n');
      return lines.filter((line) => line.includes('a sidecar is attested') && line.includes(uid)).length;
    },
  };
}
