// A running process as /proc shows it: CPU time of its whole tree, memory, start.
import { readdir, readFile } from 'node:fs/promises';
import * as proc from './proc.ts';

async function read(pid: number, file: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch (cause) {
    const why = 'on a busy machine the kubelet restarts a sidecar whose probe took too long';
    throw new Error(`process ${pid} ended while it was measured (${why})`, { cause });
  }
}

/** The process and all that descends from it and still runs. */
async function tree(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => read(pid, `task/${thread}/children`).catch(() => '')),
  );
  const children = lists.join(' ').split(' ').filter(Boolean).map(Number);
  return [pid, ...(await Promise.all(children.map(tree))).flat()];
}

/** User and system time of its tree so far, in milliseconds. */
export async function cpuMs(pid: number): Promise<number> {
  const stats = await Promise.all((await tree(pid)).map((each) => read(each, 'stat')));
  return stats.reduce((sum, stat) => sum + proc.cpuMs(stat), 0);
}

/** Of its tree, MiB. */
export async function memory(pid: number): Promise<proc.Memory> {
  const all = await Promise.all(
    (await tree(pid)).map(async (each) => proc.memory(await read(each, 'smaps_rollup'))),
  );
  return all.reduce((sum, each) => ({ rss: sum.rss + each.rss, private: sum.private + each.private }));
}

/** How long it has run, in milliseconds, to about ten. */
export async function ageMs(pid: number): Promise<number> {
  const [uptimeS = ''] = (await readFile('/proc/uptime', 'utf8')).split(' ');
  return Number(uptimeS) * 1000 - proc.startedMs(await read(pid, 'stat'));
}

export async function environmentOf(pid: number): Promise<NodeJS.ProcessEnv> {
  const pairs = proc.strings(await read(pid, 'environ')).map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

export async function argvOf(pid: number): Promise<string[]> {
  return proc.strings(await read(pid, 'cmdline'));
}

/** The process that serves the pod of this UID; its probes come and go beside it. */
export async function sidecarOf(podUid: string): Promise<number | undefined> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    const argv = await argvOf(pid).catch(() => []);
    if (!argv.at(-1)?.endsWith('sidecar.mjs')) continue;
    const { CHAPERONE_POD_UID } = await environmentOf(pid).catch(() => ({}) as NodeJS.ProcessEnv);
    if (CHAPERONE_POD_UID === podUid) return pid;
  }
  return undefined;
}
