// What of a cluster can be seen on the machine while it runs, to look afterwards whether any of it is left.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readDescription } from './cluster.ts';
import { must } from './run.ts';

const CGROUPS = '/sys/fs/cgroup';

export interface Traces {
  readonly folder: string;
  /** By PID and start: a PID comes again. */
  readonly processes: readonly string[];
  readonly links: readonly string[];
  readonly cgroups: readonly string[];
}

/** The processes that name the cluster's folder or live in its PID namespace; the link; the cgroups of its pods. */
export async function tracesOf(folder: string): Promise<Traces> {
  const { box, hostAddress } = await readDescription(folder);
  const inside = box === undefined ? undefined : look(() => readlinkSync(`/proc/${box}/ns/pid`));
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const ours = pids.filter((pid) => {
    const named = look(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.includes(folder);
    return named || (inside !== undefined && look(() => readlinkSync(`/proc/${pid}/ns/pid`)) === inside);
  });
  const interfaces = (await must(['ip', '-o', 'address', 'show', 'to', hostAddress])).split('\n');
  const links = interfaces.flatMap((line) => /^\d+: (chaperone\d+)/.exec(line)?.[1] ?? []);
  const hierarchies = [CGROUPS, ...readdirSync(CGROUPS).map((name) => join(CGROUPS, name))];
  const cgroups = links
    .flatMap((link) => hierarchies.map((hierarchy) => join(hierarchy, link)))
    .filter(existsSync);
  return { folder, processes: ours.map(identityOf), links, cgroups };
}

/** What is still there, as lines; mounts of the folder too. */
export function remaining({ folder, processes, links, cgroups }: Traces): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return [
    ...processes.filter((process) => identityOf(process.split('@')[0] ?? '') === process),
    ...links.filter((link) => existsSync(join('/sys/class/net', link))),
    ...[folder, ...cgroups].filter(existsSync),
    ...mounts.filter((mount) => mount.includes(folder)),
  ];
}

/**
 * `pid@start`, by proc(5) stat: behind the name, which may hold spaces, the state is the first field and the start the
 * twentieth. A zombie is a process that has ended and only waits for its parent to take notice.
 */
function identityOf(pid: string): string {
  const stat = look(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? `${pid} has ended` : `${pid}@${fields[19]}`;
}

/** Undefined where the process has just ended. */
function look(at: () => string): string | undefined {
  try {
    return at();
  } catch {
    return undefined;
  }
}
