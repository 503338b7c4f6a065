// Builds programs by Go from the pinned modules in modules/, one after another, into a cache: a folder for each
// module and key, a program appearing in it whole or not at all. A second process waits and finds them there.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isExecutable } from './executable.ts';
import { goCommand } from './go.ts';
import { holding } from './lock.ts';
import { Obstacle } from './obstacle.ts';
import { tellEveryFewSeconds } from './progress.ts';

export interface Build {
  /** The folder in modules/. */
  readonly module: string;
  readonly package: string;
}

const MODULES = join(import.meta.dirname, 'modules');
const WORK_FOLDER = 'building-';

/** The path of each program by name, built where the cache has none. */
export async function provide(
  builds: Readonly<Record<string, Build>>,
  onProgress: (line: string) => void,
): Promise<Record<string, string>> {
  const paths = Object.fromEntries(
    await Promise.all(
      Object.entries(builds).map(async ([name, build]) => [name, await placeOf(name, build)]),
    ),
  ) as Record<string, string>;
  const missing = async () => {
    const present = await Promise.all(Object.values(paths).map(isExecutable));
    return Object.keys(paths).filter((_, at) => !present[at]);
  };
  if ((await missing()).length === 0) return paths;
  const onWait = (seconds: number) => onProgress(`another process is building: waited ${seconds} s so far`);
  await holding(join(cacheFolder(), 'build.lock'), onWait, async () => {
    const names = await missing();
    await clearAbandoned();
    for (const [at, name] of names.entries()) {
      const label = `building ${name} (${at + 1} of ${names.length}, once)`;
      await buildOne(builds[name] as Build, paths[name] as string, label, onProgress);
    }
  });
  return paths;
}

export function cacheFolder(): string {
  const { CHAPERONE_CACHE, XDG_CACHE_HOME } = process.env;
  return CHAPERONE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'chaperone');
}

async function buildOne(
  build: Build,
  place: string,
  label: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const go = await goCommand();
  onProgress(label);
  const built = tellEveryFewSeconds((seconds) => onProgress(`${label}: ${seconds} s so far`));
  const work = await mkdtemp(join(cacheFolder(), WORK_FOLDER));
  try {
    const output = join(work, 'program');
    const flags = await flagsOf(build.module);
    const failure = await runGo(
      [...go.argv, 'build', ...flags, '-o', output, build.package],
      build.module,
      go.env,
    );
    if (failure !== undefined) {
      throw new Obstacle(
        `Go could not build ${basename(place)}: ${failure}`,
        'check that the Go module proxy can be reached (go env GOPROXY) and that the disk has 9 GB free, and run again',
        `set CHAPERONE_CACHE to the cache of a machine where it was built`,
      );
    }
    await mkdir(dirname(place), { recursive: true });
    await rename(output, place);
  } finally {
    built();
    await rm(work, { recursive: true, force: true });
  }
}

/** Undefined when it went well, else the last lines of what Go said, as one. */
function runGo(argv: readonly string[], module: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const [file = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: join(MODULES, module), env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-4_096);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = said
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('go: downloading'));
      resolve(code === 0 ? undefined : lines.slice(-2).join(' ') || `go ended with ${code}`);
    });
  });
}

/** Static, without paths of this machine; Kubernetes is told its version, which its own build would have. */
async function flagsOf(module: string): Promise<string[]> {
  const version = /^\tk8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/m.exec(await moduleFile(module, 'go.mod'));
  const stamp = (name: string, value: string | undefined) =>
    `-X k8s.io/component-base/version.${name}=${value}`;
  const stamps = version
    ? [stamp('gitVersion', version[1]), stamp('gitMajor', version[2]), stamp('gitMinor', version[3])]
    : [];
  const tags = module === 'containerd' ? ['-tags=no_btrfs,no_zfs,no_devmapper'] : [];
  return ['-trimpath', '-buildvcs=false', ...tags, `-ldflags=${['-s', '-w', ...stamps].join(' ')}`];
}

async function placeOf(name: string, { module }: Build): Promise<string> {
  const key = createHash('sha256');
  for (const file of (await readdir(join(MODULES, module))).sort())
    key.update(await moduleFile(module, file));
  key.update(JSON.stringify([await flagsOf(module), process.platform, process.arch]));
  return join(cacheFolder(), `${module}-${key.digest('hex').slice(0, 16)}`, name);
}

function moduleFile(module: string, file: string): Promise<string> {
  return readFile(join(MODULES, module, file), 'utf8');
}

/** Only the holder of the lock builds, so what lies here was left by one that was killed. */
async function clearAbandoned(): Promise<void> {
  for (const name of await readdir(cacheFolder())) {
    if (name.startsWith(WORK_FOLDER)) await rm(join(cacheFolder(), name), { recursive: true, force: true });
  }
}
