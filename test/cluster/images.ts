// The images that pods of tests and of the demo run, made from what is here: our bundles, the Node that runs us, an
// unmodified kubectl, busybox. No registry and no engine.
import { readFile } from 'node:fs/promises';
import { dockerArchive, type Image } from '../image/docker-archive.ts';
import type { TarEntry } from '../image/tar.ts';
import { findAll } from './executable.ts';
import { PAUSE_IMAGE } from './node.ts';
import { Obstacle } from './obstacle.ts';
import { must, run } from './run.ts';

export const AGENT_IMAGE = 'localhost/chaperone-agent:test';
const EXECUTABLE = 0o755;

/** Holds a pod's namespaces; `pause` is the program. */
export async function pauseImage(pause: string): Promise<Image> {
  const layers = [[await file('/pause', pause, EXECUTABLE)]];
  return dockerArchive({ reference: PAUSE_IMAGE, layers, entrypoint: ['/pause'], user: '65535:65535' });
}

export interface NodeImageSpec {
  readonly name: string;
  /** Path in the image → its bytes, or the path of a file here. */
  readonly files: Readonly<Record<string, Buffer | string>>;
  /** What follows `/usr/local/bin/node`. */
  readonly args: readonly string[];
  /** Numeric, `uid:gid`. */
  readonly user: string;
}

/** An image with the Node that runs this process, the libraries it needs and the given files, e.g. our bundles. */
export async function nodeImage({ name, files, args, user }: NodeImageSpec): Promise<Image> {
  const given = await Promise.all(Object.entries(files).map(([path, source]) => file(path, source)));
  const layers = [await withLibraries('/usr/local/bin/node', process.execPath), given];
  return dockerArchive({ reference: name, layers, entrypoint: ['/usr/local/bin/node', ...args], user });
}

/** What an agent's container looks like: the unmodified `kubectl`, a shell, and nothing of ours. */
export async function agentImage(kubectl: string): Promise<Image> {
  const [busybox] = await findAll('busybox');
  if (busybox === undefined) {
    throw new Obstacle('There is no busybox for the agent’s image', 'apt-get install busybox-static');
  }
  const applets = (await must([busybox, '--list']))
    .split('\n')
    .filter((name) => name !== '' && name !== 'busybox');
  const links = applets.map(
    (name): TarEntry => ({ kind: 'symlink', path: `/bin/${name}`, target: 'busybox' }),
  );
  const base = [
    ...(await withLibraries('/bin/busybox', busybox)),
    ...links,
    await file('/etc/passwd', Buffer.from('root:x:0:0::/root:/bin/sh\nagent:x:1000:1000::/tmp:/bin/sh\n')),
    { kind: 'directory', path: '/tmp', mode: 0o1777 } as const,
  ];
  const layers = [base, await withLibraries('/usr/local/bin/kubectl', kubectl)];
  return dockerArchive({ reference: AGENT_IMAGE, layers, entrypoint: ['/bin/sh'], user: '1000:1000' });
}

/** A file of an image, from its bytes or from the path of a file here. */
export async function file(path: string, source: Buffer | string, mode = 0o644): Promise<TarEntry> {
  return { kind: 'file', path, mode, data: typeof source === 'string' ? await readFile(source) : source };
}

/**
 * A program, and where it is not static the libraries and the loader, at the paths where it looks for them; also those of
 * the modules that it loads by itself.
 */
export async function withLibraries(
  path: string,
  program: string,
  modules: readonly string[] = [],
): Promise<TarEntry[]> {
  const { stdout } = await run(['ldd', program, ...modules]);
  const libraries = new Set(stdout.match(/\/\S+(?= \(0x)/g));
  return Promise.all([
    file(path, program, EXECUTABLE),
    ...Array.from(libraries, (library) => file(library, library, EXECUTABLE)),
  ]);
}
