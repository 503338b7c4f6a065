// The cgroup under which a node's pods live: one folder in every hierarchy (cgroup v1) or in the only one (v2), made
// before the kubelet starts and taken away with all that is below it.
import { appendFile, mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

export async function makeCgroup(name: string): Promise<void> {
  const controllers = await readFile(join(ROOT, 'cgroup.controllers'), 'utf8').catch(() => undefined);
  for (const controller of controllers?.split(/\s+/).filter(Boolean) ?? []) {
    // The kubelet wants those it knows enabled below its root; it names the one it misses, we need not.
    await appendFile(join(ROOT, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
  }
  for (const hierarchy of await hierarchies()) await mkdir(join(hierarchy, name), { recursive: true });
}

/** True when nothing is left of it; false while a process that is just ending still stands in it. */
export async function removeCgroup(name: string): Promise<boolean> {
  const gone = await Promise.all((await hierarchies()).map((hierarchy) => removeTree(join(hierarchy, name))));
  return gone.every(Boolean);
}

async function removeTree(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

async function hierarchies(): Promise<string[]> {
  const lines = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  return lines.flatMap(([, at, type]) => (at?.startsWith(ROOT) && /^cgroup2?$/.test(type ?? '') ? [at] : []));
}
