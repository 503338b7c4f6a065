// Controllers in the test's own process against a control plane alone, without any webhook: as many as a test wants, each at
// a loopback address of its own, and each with its own way to the API server.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { type Controller, startController } from '../../controller/controller.ts';
import { connect, type KubeApi, type OwnerReference } from '../../controller/kube/api.ts';
import { render } from '../../injector/render.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { EnrolResponse } from '../../wire/enrol.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import {
  type ControllerAddress,
  enrolWith,
  type Followed,
  follow,
  podToken,
  SYSTEM,
} from './controller-client.ts';
import { AGENT, idlePod, LABELLED, uidOf } from './controller-fixture.ts';

const SIDECAR = {
  image: 'localhost/chaperone:test',
  imagePullPolicy: 'Never' as const,
  command: ['node', '/app/sidecar.mjs'],
  resources: { limits: { memory: '64Mi' }, requests: {} },
};

export const log = createLogger({ component: 'controller', level: 'error' });

/** What the chart would have made, as far as a controller needs it to begin. */
export async function createSurroundings(cluster: Cluster): Promise<void> {
  const files = ['agentpolicies', 'grants'].map((name) => join('charts/chaperone/files', `${name}.yaml`));
  await create(
    cluster,
    ...(await Promise.all(files.map(async (file) => parse(await readFile(file, 'utf8'))))),
  );
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'chaperone', namespace: SYSTEM },
      spec: { ports: [{ port: 8443 }] },
    },
  );
}

/** As the super-admin. `server`: another way to the API server than the straight one. */
export async function connectTo(cluster: Cluster, server = cluster.server): Promise<KubeApi> {
  const kubeConfig = new KubeConfig();
  const text = await readFile(cluster.kubeconfig, 'utf8');
  kubeConfig.loadFromString(text.replace(/server: .*/, `server: ${server}`));
  return connect(kubeConfig);
}

/** `address`: of loopback's many, one that nothing else listens on. */
export async function startReplica(cluster: Cluster, address: string, server?: string): Promise<Controller> {
  const config = {
    namespace: SYSTEM,
    serviceAccount: 'chaperone',
    pod: `chaperone-${address}`,
    address,
    service: 'chaperone',
    webhooks: 'chaperone',
    sidecar: SIDECAR,
    recordings: { folder: join(cluster.folder, `recordings-${address}`), maxBytes: 2 ** 26, port: 0 },
    apiServer: cluster.server,
  };
  return startController({ config, kube: await connectTo(cluster, server), log });
}

/** How a sidecar reaches the replica at this address. */
export async function replicaAt(cluster: Cluster, address: string): Promise<ControllerAddress> {
  const secret = ['get', 'secret', 'chaperone-control-root', '-n', SYSTEM, '-o', 'json'];
  const { data } = JSON.parse(await ok(cluster.kubectl(secret))) as { data: Record<string, string> };
  const [, root = ''] = Object.entries(data).find(([key]) => key.endsWith('.crt')) ?? [];
  return {
    authority: `https://${address}:8443`,
    roots: Buffer.from(root, 'base64').toString(),
    servername: `chaperone.${SYSTEM}.svc`,
  };
}

export interface PodOf {
  readonly namespace: string;
  readonly name: string;
  readonly ownerReferences?: readonly (OwnerReference & Record<string, unknown>)[];
}

export interface FollowedPod {
  readonly uid: string;
  readonly identity: EnrolResponse;
  readonly stream: Followed;
}

/** A labelled namespace with the agents' ServiceAccount. */
export async function createAgents(cluster: Cluster, namespace: string): Promise<void> {
  const metadata = { name: namespace, labels: LABELLED };
  await create(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata });
  const account = { name: AGENT, namespace };
  await create(cluster, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
}

/** An injected pod that has its identity. */
export async function enrolledPod(
  cluster: Cluster,
  replica: ControllerAddress,
  { namespace, name, ownerReferences = [] }: PodOf,
): Promise<Omit<FollowedPod, 'stream'>> {
  const injector = {
    ...SIDECAR,
    controller: replica.authority,
    controlCa: replica.roots,
    apiServer: cluster.server,
    apiServerCa: cluster.ca,
  };
  const idle = idlePod(namespace, name);
  const rendered = render(
    { ...idle, metadata: { ...idle.metadata, ownerReferences: [...ownerReferences] } },
    injector,
  );
  if (rendered.kind === 'refusal') throw new Error(JSON.stringify(rendered));
  await create(cluster, rendered.pod);
  const uid = await uidOf(cluster, namespace, name);
  const token = await podToken(cluster, { namespace, serviceAccount: AGENT, pod: name, uid });
  const { status, body } = await enrolWith(replica, token);
  if (status !== 200) throw new Error(body.message ?? `${status}`);
  return { uid, identity: body };
}

/** A namespace with an injected pod that follows its entitlements. */
export async function followedPod(
  cluster: Cluster,
  replica: ControllerAddress,
  namespace: string,
): Promise<FollowedPod> {
  await createAgents(cluster, namespace);
  const pod = await enrolledPod(cluster, replica, { namespace, name: 'agent' });
  return { ...pod, stream: await follow(replica, pod.identity) };
}

/** Follows as a sidecar does: again, until it is told something. */
export function followUntilTold(
  replica: ControllerAddress,
  identity: EnrolResponse,
  onMessage?: Parameters<typeof follow>[2],
): Promise<Followed> {
  return waitFor({
    what: 'the replica to serve',
    timeoutMs: 20_000,
    async probe() {
      const followed = await follow(replica, identity, onMessage);
      await waitFor({
        what: 'a snapshot or the end',
        timeoutMs: 10_000,
        probe: () => followed.isOver() || followed.arrived.length > 0 || undefined,
      });
      return followed.isOver() ? undefined : followed;
    },
  });
}
