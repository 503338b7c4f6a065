// Starts a cluster: its parts in the order in which they need each other, each waited for by what it is to give.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followLogs } from '../search/logs.ts';
import { type Api, connect } from './api.ts';
import {
  CONTROL_PLANE,
  type NodeBinaries,
  type PlaneBinaries,
  provideBinaries,
  WITH_NODE,
} from './binaries.ts';
import { type Cluster, describeCluster, openCluster } from './cluster.ts';
import { startComponent } from './components.ts';
import * as plane from './control-plane.ts';
import { findAll } from './executable.ts';
import { checkHost } from './host.ts';
import { pauseImage } from './images.ts';
import { type Kept, keep } from './keeping.ts';
import { inBox, type Layout, type NodeLayout, onLoopback } from './layout.ts';
import * as node from './node.ts';
import { makePki } from './pki.ts';
import { isReady, up } from './up.ts';

export interface StartOptions {
  /** With a node (the default), or the control plane alone, which needs neither root nor Linux. */
  readonly node?: boolean;
  /** More flags for the API server, without their dashes. */
  readonly apiServer?: plane.Flags;
  /** Hears what is being built or started. */
  readonly onProgress?: (line: string) => void;
}

export interface OwnCluster extends Cluster {
  /** Ends every process and waits until no mount, link, cgroup or file of it is left. */
  stop(): Promise<void>;
}

/** Throws an Obstacle where this machine lacks something, an Error with a log's tail where a part does not come up. */
export async function startCluster({
  node = true,
  apiServer = {},
  onProgress = () => {},
}: StartOptions = {}): Promise<OwnCluster> {
  return node ? startWithNode(apiServer, onProgress) : startControlPlane(apiServer, onProgress);
}

async function startControlPlane(
  flags: plane.Flags,
  onProgress: (line: string) => void,
): Promise<OwnCluster> {
  const binaries = await provideBinaries(CONTROL_PLANE, onProgress);
  return whileKept(undefined, async ({ folder }) => {
    const layout = await onLoopback(folder);
    const cluster = await prepare(layout, binaries);
    const api = await startApiServer(layout, binaries, flags);
    await startControllerManager(layout, binaries, api);
    api.close();
    return cluster;
  });
}

async function startWithNode(flags: plane.Flags, onProgress: (line: string) => void): Promise<OwnCluster> {
  await checkHost();
  const [runc = ''] = await findAll('runc');
  const binaries = await provideBinaries(WITH_NODE, onProgress);
  return whileKept(binaries.pause, async ({ folder, box = 0, index = 0 }) => {
    const layout = inBox(folder, box, index, runc);
    const cluster = await prepare(layout, binaries);
    const [api] = await Promise.all([
      startApiServer(layout, binaries, flags),
      startRuntime(cluster, layout, binaries),
    ]);
    await Promise.all([
      startControllerManager(layout, binaries, api),
      startNode(cluster, layout, binaries, api),
    ]);
    api.close();
    return cluster;
  });
}

async function startApiServer(layout: Layout, binaries: PlaneBinaries, flags: plane.Flags): Promise<Api> {
  const { folder } = layout;
  await writeFile(join(folder, 'audit-policy.json'), JSON.stringify(plane.AUDIT_POLICY));
  const etcd = await startComponent(layout, 'etcd', plane.etcd(binaries, layout));
  const apiServer = await startComponent(layout, 'kube-apiserver', plane.apiServer(binaries, layout, flags));
  const api = await connect(join(folder, 'super-admin.conf'));
  const ready = async () => (await api.get('/readyz'))?.status === 200;
  await up('the API server to be ready', [etcd, apiServer], ready);
  return api;
}

async function startControllerManager(layout: Layout, binaries: PlaneBinaries, api: Api): Promise<void> {
  const argv = plane.controllerManager(binaries, layout);
  const manager = await startComponent(layout, 'kube-controller-manager', argv);
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await up('the first ServiceAccount', [manager], async () => (await api.get(account))?.status === 200);
}

async function startRuntime(cluster: Cluster, layout: NodeLayout, binaries: NodeBinaries): Promise<void> {
  await node.writeNodeConfig(binaries, layout);
  const containerd = await startComponent(layout, 'containerd', node.containerd(binaries, layout));
  const pause = await pauseImage(binaries.pause);
  await up('containerd to take an image', [containerd], () =>
    cluster.loadImages([pause]).then(
      () => true,
      () => false,
    ),
  );
}

async function startNode(
  cluster: Cluster,
  layout: NodeLayout,
  binaries: NodeBinaries,
  api: Api,
): Promise<void> {
  // The certificate with which kubeadm's API server calls the kubelet has no group: it is bound by its name.
  const bind = ['create', 'clusterrolebinding', 'kubelet-api', '--clusterrole=system:kubelet-api-admin'];
  const bound = cluster.kubectl([...bind, '--user=kube-apiserver-kubelet-client']);
  const parts = await Promise.all([
    startComponent(layout, 'kubelet', node.kubelet(binaries, layout)),
    startComponent(layout, 'kube-proxy', node.kubeProxy(binaries, layout)),
    startComponent(layout, 'kube-scheduler', plane.scheduler(binaries, layout)),
  ]);
  const { code, stderr } = await bound;
  if (code !== 0) throw new Error(`the API server could not be let at the kubelet: ${stderr}`);
  await up('the node to be Ready', parts, async () =>
    isReady(await api.get(`/api/v1/nodes/${node.NODE_NAME}`)),
  );
}

/** Keeps the folder and box of what `start` starts, and takes them away when it fails. */
async function whileKept(
  pause: string | undefined,
  start: (kept: Kept) => Promise<Cluster>,
): Promise<OwnCluster> {
  const kept = await keep(pause);
  try {
    const cluster = await start(kept);
    const lastOfLogs = followLogs(kept.folder);
    const stop = async () => {
      lastOfLogs();
      await kept.release();
    };
    return { ...cluster, stop };
  } catch (error) {
    await kept.release();
    throw error;
  }
}

/** The certificates, and the handle by which the cluster is used from then on. */
async function prepare(layout: Layout, binaries: PlaneBinaries & Partial<NodeBinaries>): Promise<Cluster> {
  const { folder, addresses, endpoint, box } = layout;
  const { kubeadm, kubectl, helm, ctr } = binaries;
  await makePki(layout, { kubeadm, nodeName: node.NODE_NAME });
  await describeCluster(folder, {
    server: `https://${endpoint}`,
    hostAddress: addresses.host,
    binaries: { kubectl, helm, ...(ctr === undefined ? {} : { ctr }) },
    ...(box === undefined ? {} : { box }),
  });
  return openCluster(folder);
}
