// The logs of a cluster's containers, kept for the search: a container's is gone with its pod, so new bytes are copied as they
// come. With them what the OpenTelemetry Collector understood.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { SEARCH_FOLDER } from './seeds.ts';
import type { Witnessed } from './witness.ts';

/** Shorter than a pod takes to be deleted once its containers have ended. */
const EVERY_MS = 500;
const FOLDER = 'logs';

/**
 * Follows the logs of the cluster in `folder`, with a node or without, until the function that is returned is called, which
 * copies what came last. Where no run searches, nothing is done.
 */
export function followLogs(folder: string): () => void {
  const search = process.env[SEARCH_FOLDER];
  if (search === undefined) return () => {};
  const timer = setInterval(gatherLogs, EVERY_MS, search, folder).unref();
  return () => {
    clearInterval(timer);
    gatherLogs(search, folder);
  };
}

/** Copies what is new in the logs of the cluster in `folder` into the folder of the run. */
export function gatherLogs(search: string, folder: string): void {
  const kept = join(search, FOLDER, basename(folder));
  copyNew(join(folder, 'logs/collector.log'), join(kept, 'collector'));
  const description = join(folder, 'cluster.json');
  // A cluster may end by itself.
  if (!existsSync(description)) return;
  const { box } = JSON.parse(readFileSync(description, 'utf8')) as { box?: number };
  if (box === undefined) return;
  // Of the box's own file system, seen from outside (cluster/box.ts).
  const pods = `/proc/${box}/root/var/log/pods`;
  for (const log of logsBelow(pods)) {
    copyNew(join(pods, log), join(kept, 'pods', log.replace(/\/[^/]+$/, '')));
  }
}

/** `namespace_pod_uid/container/0.log` and the like. */
function logsBelow(pods: string): string[] {
  try {
    const all = readdirSync(pods, { recursive: true, encoding: 'utf8' });
    return all.filter((name) => /\.log(\.[\d-]+)?$/.test(name));
  } catch {
    // The node has not written a log yet, or the pod went away while it was looked at.
    return [];
  }
}

/** By its inode: a log that is rotated keeps its bytes and loses its name. */
function copyNew(from: string, to: string): void {
  try {
    const { ino, size } = statSync(from);
    mkdirSync(to, { recursive: true });
    const copy = join(to, `${ino}`);
    const done = statSync(copy, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= done) return;
    const fresh = Buffer.alloc(size - done);
    const log = openSync(from, 'r');
    const read = readSync(log, fresh, 0, fresh.length, done);
    closeSync(log);
    writeFileSync(copy, fresh.subarray(0, read), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** How the log of a container is named in a finding, and where a test says what is revealed in it. */
export const logOf = (namespace: string, pod: string, container: string): string =>
  `the log of ${namespace}/${pod}/${container}`;

/** What was kept, without what the container runtime writes before each line and piece of a line. */
export function readLogs(search: string): Omit<Witnessed, 'reveals'>[] {
  const kept = join(search, FOLDER);
  if (!existsSync(kept)) return [];
  const names = readdirSync(kept, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\/\d+$/.test(name),
  );
  return names.map((name) => {
    const text = readFileSync(join(kept, name), 'latin1');
    const said = text.replace(/^\S+ std(?:out|err) (?:F |P (.*)\n)/gm, '$1');
    const [, namespace = '', pod = '', container = ''] = /\/pods\/(.+)_(.+)_.+\/(.+)\//.exec(name) ?? [];
    const label = container === '' ? 'the spans that the collector took' : logOf(namespace, pod, container);
    return { label, bytes: Buffer.from(said, 'latin1') };
  });
}
