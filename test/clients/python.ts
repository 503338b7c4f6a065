// Python as the machine's packages have it, and the packages that requirements.txt names by version and hash: installed once
// by pip into the cache, whole or not at all, and laid into an image as they are.
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cacheFolder } from '../cluster/build.ts';
import { file, withLibraries } from '../cluster/images.ts';
import { holding } from '../cluster/lock.ts';
import { Obstacle } from '../cluster/obstacle.ts';
import { run } from '../cluster/run.ts';
import type { TarEntry } from '../image/tar.ts';

/** Debian's: the newest that another tool keeps for itself is not what every machine has. */
const PROGRAM = '/usr/bin/python3';
const WAY_OUT = 'apt-get install python3-pip';
const INSTALL_MS = 300_000;
/** What of the standard library only those need who build modules or Python itself; what was compiled is bound to times. */
const FOR_BUILDERS = /^(config-|test\/)|__pycache__\//;

interface Python {
  readonly executable: string;
  /** The standard library's folder. */
  readonly library: string;
  /** Where this Python looks for installed packages. */
  readonly packages: string;
  readonly tag: string;
}

/** The layers of an image with Python and these packages, in the order in which they change. */
export async function pythonLayers(
  requirements: string,
  onProgress: (line: string) => void,
): Promise<TarEntry[][]> {
  const python = await describePython();
  const installed = await install(requirements, python, onProgress);
  const [standard, added] = await Promise.all([filesBelow(python.library), filesBelow(installed)]);
  const library = standard.filter((path) => !FOR_BUILDERS.test(relative(python.library, path)));
  const modules = [...library, ...added].filter((path) => path.endsWith('.so'));
  const runtime = await Promise.all([
    withLibraries(python.executable, python.executable, modules),
    ...library.map(async (path) => [await file(path, path)]),
  ]);
  const packages = await Promise.all(
    added.map((path) => file(join(python.packages, relative(installed, path)), path)),
  );
  const temporary: TarEntry = { kind: 'directory', path: '/tmp', mode: 0o1777 };
  const called: TarEntry = { kind: 'symlink', path: '/usr/local/bin/python3', target: python.executable };
  return [[...runtime.flat(), called, temporary], packages];
}

async function describePython(): Promise<Python> {
  const ask = `import json, os, site, sys, sysconfig
print(json.dumps({
  'executable': os.path.realpath(sys.executable), 'library': sysconfig.get_path('stdlib'),
  'packages': site.getsitepackages()[0], 'tag': sys.implementation.cache_tag + '-' + sysconfig.get_platform()}))`;
  const said = await run([PROGRAM, '-I', '-c', ask]).catch(() => undefined);
  if (said?.code !== 0) throw new Obstacle(`There is no ${PROGRAM} for the Python client`, WAY_OUT);
  return JSON.parse(said.stdout) as Python;
}

/** The folder with the packages. */
async function install(
  requirements: string,
  { tag }: Python,
  onProgress: (line: string) => void,
): Promise<string> {
  const key = createHash('sha256')
    .update(await readFile(requirements))
    .update(tag)
    .digest('hex');
  const place = join(cacheFolder(), `python-${key.slice(0, 16)}`);
  const isThere = () =>
    access(place).then(
      () => true,
      () => false,
    );
  if (await isThere()) return place;
  const onWait = (seconds: number) => onProgress(`another process is installing: waited ${seconds} s so far`);
  await holding(join(cacheFolder(), 'python.lock'), onWait, async () => {
    if (await isThere()) return;
    onProgress('installing the Python client (once)');
    const work = `${place}.part`;
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    const how = ['--require-hashes', '--only-binary=:all:', '--no-compile', '--quiet', '--target', work];
    const argv = [PROGRAM, '-I', '-m', 'pip', 'install', ...how, '--requirement', requirements];
    const { code, stderr } = await run(argv, { timeoutMs: INSTALL_MS });
    if (code !== 0) {
      throw new Obstacle(
        `The Python client could not be installed: ${stderr.trim()}`,
        WAY_OUT,
        'check that the package index can be reached (pip config list)',
        'set CHAPERONE_CACHE to the cache of a machine where it was installed',
      );
    }
    await rename(work, place);
  });
  return place;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
}
