// A pod to stream with, and an agent's pod with the sidecar that the controller gave it, whose policy permits all of that. What is
// to be its client runs here, in the network of the agent's pod, where the sidecar listens.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { freshNamespace } from '../cluster/fixture.ts';
import { create, untilReady } from '../cluster/pods.ts';
import { must } from '../cluster/run.ts';
import { AGENT, LABELLED, policy } from '../e2e/controller-fixture.ts';
import { agentPod } from '../e2e/pod-fixture.ts';
import { type Container, sidecarContainer } from './container.ts';
import type { ManyAsk } from './many-main.ts';
import { POD, streamPod, streamRules } from './stage.ts';

const AGENT_POD = 'agent';
/** sidecar/listener.ts */
const SIDECAR_PORT = 15_443;
const STREAMS_TAKE_MS = 240_000;

export interface SidecarStage extends AsyncDisposable {
  readonly sidecar: Container;
  /** Has them all opened at once, talked to, and ended. Rejects where one is not served. */
  serveMany(counts: Pick<ManyAsk, 'execs' | 'watches'>): Promise<void>;
}

export async function sidecarStage(cluster: Cluster, purpose: string): Promise<SidecarStage> {
  await using opening = new AsyncDisposableStack();
  const { name: agents } = opening.use(await freshNamespace(cluster, purpose, LABELLED));
  const { name: target } = opening.use(await freshNamespace(cluster, `${purpose}-target`));
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: AGENT, namespace: agents } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: AGENT, namespace: target },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: AGENT, namespace: agents }],
    },
    policy(agents, { standing: { lifetime: '8h', rules: streamRules(target) } }),
  );
  await create(cluster, agentPod(agents, AGENT_POD));
  await Promise.all([streamPod(cluster, target), untilReady(cluster, agents, AGENT_POD)]);
  const sidecar = await sidecarContainer(cluster, agents, AGENT_POD);
  const given = (name: string) =>
    readFile(`/proc/${sidecar.pid}/root/var/run/chaperone/callers/agent/${name}`, 'utf8');
  const door = { port: SIDECAR_PORT, ca: await given('ca.crt'), token: await given('token') };
  const opened = opening.move();
  return {
    sidecar,
    async serveMany(counts) {
      const ask: ManyAsk = { door, pod: `/api/v1/namespaces/${target}/pods/${POD}`, ...counts };
      const here = ['setpriv', '--pdeathsig', 'KILL', 'nsenter', `--net=/proc/${sidecar.pid}/ns/net`, '--'];
      const client = [process.execPath, join(import.meta.dirname, 'many-main.ts')];
      await must([...here, ...client], { input: JSON.stringify(ask), timeoutMs: STREAMS_TAKE_MS });
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
