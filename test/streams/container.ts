// A container of a pod as the node's kernel has it: its first process, and the most memory that it has taken.
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';

export interface Container {
  readonly pid: number;
  /** The highest so far, MiB. Throws once the container has ended. */
  peaks(): Promise<Peaks>;
}

export interface Peaks {
  /** Of its first process, with the pages of its program that it may share with others. */
  readonly rss: number;
  /** Of its cgroup, which is what its limit bounds: with sockets in the kernel and its probes, without what others have loaded. */
  readonly cgroup: number;
}

/** One of init containers, as sidecars are. */
export async function sidecarContainer(cluster: Cluster, namespace: string, pod: string): Promise<Container> {
  const id = '{.status.initContainerStatuses[?(@.name=="chaperone")].containerID}';
  const said = await ok(cluster.kubectl(['get', 'pod', pod, '-n', namespace, '-o', `jsonpath=${id}`]));
  const folder = await cgroupOf(said.replace(/^containerd:\/\//, ''));
  const text = (file: string) => readFile(join(folder, file), 'utf8');
  // Its probes come and go beside it.
  const pid = Math.min(...(await text('cgroup.procs')).trim().split('\n').map(Number));
  return {
    pid,
    async peaks() {
      const [, rssKiB] = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
      const bytes = await text('memory.peak').catch(() => text('memory.max_usage_in_bytes'));
      return { rss: Math.round(Number(rssKiB) / 1024), cgroup: Math.round(Number(bytes) / (1024 * 1024)) };
    },
  };
}

/** Its folder in the hierarchy of memory (cgroup v1), or in the only one (v2). */
async function cgroupOf(id: string): Promise<string> {
  const depth = '{,*/}{,*/}{,*/}{,*/}';
  for await (const folder of glob(`/sys/fs/cgroup/{memory/,}chaperone*/${depth}${id}`)) return folder;
  throw new Error(`there is no cgroup of ${id}`);
}
