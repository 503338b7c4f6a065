// Ends a container as a crash would: no signal that it could handle, from outside its pod.
import { inside } from '../cluster/box.ts';
import { type Cluster, readDescription } from '../cluster/cluster.ts';
import { CONTAINERD_SOCKET } from '../cluster/node.ts';
import { ok } from '../cluster/pods.ts';
import { must } from '../cluster/run.ts';
import { waitFor } from '../cluster/wait.ts';

const RESTARTED_WITHIN_MS = 30_000;

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly restartCount: number;
}

interface Statuses {
  readonly status: {
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

async function statusesOf(cluster: Cluster, namespace: string, pod: string): Promise<ContainerStatus[]> {
  const said = await ok(cluster.kubectl(['get', 'pod', pod, '-n', namespace, '-o', 'json']));
  const { status } = JSON.parse(said) as Statuses;
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

/** How often each container of a pod was restarted. */
export async function restartsOf(
  cluster: Cluster,
  namespace: string,
  pod: string,
): Promise<Record<string, number>> {
  const statuses = await statusesOf(cluster, namespace, pod);
  return Object.fromEntries(statuses.map(({ name, restartCount }) => [name, restartCount]));
}

/** Kills a container's process on the node and waits until the kubelet has started it again. */
export async function killContainer(
  cluster: Cluster,
  namespace: string,
  pod: string,
  container: string,
): Promise<void> {
  const { box, binaries } = await readDescription(cluster.folder);
  if (box === undefined || binaries.ctr === undefined) throw new Error('this cluster has no node');
  const before = (await statusesOf(cluster, namespace, pod)).find(({ name }) => name === container);
  const id = before?.containerID?.replace(/^containerd:\/\//, '') ?? '';
  const ctr = [...inside(box), binaries.ctr, '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];
  await must([...ctr, 'tasks', 'kill', '--signal', 'SIGKILL', id]);
  await waitFor({
    what: `${container} to be restarted`,
    timeoutMs: RESTARTED_WITHIN_MS,
    probe: async () =>
      ((await restartsOf(cluster, namespace, pod))[container] ?? 0) > (before?.restartCount ?? 0) ||
      undefined,
  });
}
