// The box: mount, network and PID namespaces of a cluster's own, held by one process. All that runs in it ends with
// that process, its mounts and links too. What the node writes to /var/lib, /var/log and /run stays inside, in memory.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressesOf, CLUSTERS, nameOf } from './addresses.ts';
import { take } from './lock.ts';
import { must, run } from './run.ts';
import { waitFor } from './wait.ts';

const SET_UP_MS = 10_000;

/** $1: an empty folder, $2: the program that then holds the box and buries its dead. */
const SET_UP = `set -e
mount --make-rshared /
mount -t tmpfs -o mode=755 box "$1"
for under in /var/lib /var/log; do
  mkdir -p "$1$under/upper" "$1$under/work"
  mount -t overlay -o "lowerdir=$under,upperdir=$1$under/upper,workdir=$1$under/work" overlay "$under"
done
for folder in /run /var/lib/etcd /var/lib/kubelet /var/lib/containerd; do
  mkdir -p "$folder"
  mount -t tmpfs -o mode=755 box "$folder"
done
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
# Or the answer of a pod on the same bridge would pass by kube-proxy and not look as if it came from the Service.
[ -e /proc/sys/net/bridge ] || modprobe br_netfilter
echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables
echo ready
exec "$2"`;

export interface Box {
  /** Ends when the box has ended. */
  readonly holder: ChildProcess;
  /** The first process inside, as the machine counts. Killing it ends all others. */
  readonly pid: number;
}

/** Opens a box that also ends with the calling process. `folder` is empty and stays so on the machine. */
export async function openBox(folder: string, pause: string): Promise<Box> {
  const unshare = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc'];
  const argv = ['--pdeathsig', 'KILL', ...unshare, 'sh', '-c', SET_UP, 'box', folder, pause];
  const holder = spawn('setpriv', argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  holder.stdout.on('data', (chunk: Buffer) => (said += chunk));
  holder.stderr.on('data', (chunk: Buffer) => (said += chunk));
  await waitFor({
    what: 'the box to be set up',
    timeoutMs: SET_UP_MS,
    probe: () => {
      if (holder.exitCode !== null) throw new Error(`the box could not be set up: ${said.trim()}`);
      return said.includes('ready') || undefined;
    },
    evidence: () => said,
  });
  return { holder, pid: await onlyChildOf(holder.pid) };
}

/**
 * Joins the box to the machine by the first link that is free, and says which. The index is the caller's until it ends: the
 * kernel takes a link away as soon as its box has ended, when what else has its name may still be there.
 */
export async function claimLink(pid: number): Promise<number> {
  for (let index = 0; index < CLUSTERS; index++) {
    const name = nameOf(index);
    if (!take(join(tmpdir(), `${name}.lock`))) continue;
    const made = await run([
      'ip',
      'link',
      'add',
      name,
      'type',
      'veth',
      'peer',
      'name',
      'host',
      'netns',
      `${pid}`,
    ]);
    if (made.code !== 0 && made.stderr.includes('File exists')) continue;
    if (made.code !== 0) throw new Error(`cannot make the link ${name}: ${made.stderr.trim()}`);
    const { host, node, pods, services } = addressesOf(index);
    await must([...inside(pid), 'ip', 'address', 'add', `${node}/30`, 'dev', 'host']);
    await must([...inside(pid), 'ip', 'link', 'set', 'host', 'up']);
    // A Service's address leads somewhere only once kube-proxy has rewritten it, which takes a route to begin with.
    await must([...inside(pid), 'ip', 'route', 'add', services, 'dev', 'host']);
    await must(['ip', 'address', 'add', `${host}/30`, 'dev', name]);
    await must(['ip', 'link', 'set', name, 'up']);
    await must(['ip', 'route', 'add', pods, 'via', node]);
    return index;
  }
  throw new Error(`all ${CLUSTERS} places for a cluster on this machine are taken`);
}

/** What goes before a command so that it runs in the box. */
export function inside(pid: number): string[] {
  return ['nsenter', '--target', `${pid}`, '--mount', '--net', '--pid', '--wd=/', '--'];
}

export async function onlyChildOf(pid: number | undefined): Promise<number> {
  const [child] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  if (!child) throw new Error(`process ${pid} has no child`);
  return Number(child);
}
