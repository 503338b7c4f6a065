// What the tests of the controller's pods do to one of them: find out which serves an agent, end it as a crash would, cut it
// off from the API server as a network that drops would.
import { readdir, readFile } from 'node:fs/promises';
import { inside } from '../cluster/box.ts';
import { type Cluster, readDescription } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';
import { must } from '../cluster/run.ts';
import { waitFor } from '../cluster/wait.ts';
import { SYSTEM } from '../install.ts';

export interface ReplicaPod {
  readonly name: string;
  readonly uid: string;
  readonly ip: string;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly podIP?: string };
}

async function replicaPods(cluster: Cluster): Promise<ReplicaPod[]> {
  const selector = ['-l', 'app.kubernetes.io/name=chaperone', '--field-selector=status.phase=Running'];
  const list = await ok(cluster.kubectl(['get', 'pods', '-n', SYSTEM, ...selector, '-o', 'json']));
  return (JSON.parse(list) as { items: Pod[] }).items.map(({ metadata: { name, uid }, status }) => ({
    name,
    uid,
    ip: status.podIP ?? '',
  }));
}

/** The replica that this agent's sidecar follows: the one that has a connection from its pod. Waits for it. */
export function servingReplica(cluster: Cluster, namespace: string, pod: string): Promise<ReplicaPod> {
  return waitFor({
    what: `a replica to serve ${pod}`,
    timeoutMs: 30_000,
    async probe() {
      const ip = await ok(
        cluster.kubectl(['get', 'pod', pod, '-n', namespace, '-o', 'jsonpath={.status.podIP}']),
      );
      for (const replica of await replicaPods(cluster)) {
        const pid = await processOf(replica);
        const sockets =
          pid === undefined ? '' : await readFile(`/proc/${pid}/net/tcp`, 'utf8').catch(() => '');
        if (connections(sockets).includes(ip)) return replica;
      }
      return undefined;
    },
  });
}

const SIDECAR_PORT = '20FB';
const ESTABLISHED = '01';

/** Remote addresses of what is connected to the port for sidecars; proc(5), /proc/net/tcp. */
function connections(sockets: string): string[] {
  return sockets.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state] = line.trim().split(/\s+/);
    if (!local.endsWith(`:${SIDECAR_PORT}`) || state !== ESTABLISHED) return [];
    const bytes = remote.slice(0, 8).match(/../g) ?? [];
    return [
      bytes
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join('.'),
    ];
  });
}

/** The controller's process in a pod, as the machine counts. */
async function processOf({ uid }: ReplicaPod): Promise<number | undefined> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [cgroup, argv] = await Promise.all(
      ['cgroup', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (cgroup?.includes(`pod${uid}`) && argv?.includes('controller.mjs')) return Number(pid);
  }
  return undefined;
}

/** SIGKILL: nothing is said to anyone. The kubelet starts another in the same pod. */
export async function crash(replica: ReplicaPod): Promise<void> {
  const pid = await processOf(replica);
  if (pid === undefined) throw new Error(`${replica.name} runs no controller`);
  process.kill(pid, 'SIGKILL');
}

/** From now on nothing that this replica sends to the API server arrives, on connections that stand as well. */
export async function cutOff(cluster: Cluster, { ip }: ReplicaPod): Promise<AsyncDisposable> {
  const { box } = await readDescription(cluster.folder);
  if (box === undefined) throw new Error('this cluster has no node');
  const { port } = new URL(cluster.server);
  const rule = ['INPUT', '-s', ip, '-p', 'tcp', '--dport', port, '-j', 'DROP'];
  const iptables = (what: string) => must([...inside(box), 'iptables', '-w', what, ...rule]);
  await iptables('-I');
  return {
    async [Symbol.asyncDispose]() {
      await iptables('-D');
    },
  };
}
