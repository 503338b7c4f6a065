// Our own programs beside a sidecar: each bundled as the sidecar is, started in the network namespace of its pod, and gone
// with this process at the latest.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { build } from 'esbuild';

const READY_MS = 20_000;

const SOURCES = ['upstream.ts', 'bare.ts', 'load/main.ts'] as const;

export type ProgramName = 'upstream' | 'bare' | 'load';

/** Bundles into the folder: what strips types as it goes would have its own weight measured with it. */
export async function bundle(folder: string): Promise<Readonly<Record<ProgramName, string>>> {
  const [upstream = '', bare = '', load = ''] = SOURCES.map((source) => join(import.meta.dirname, source));
  await build({
    entryPoints: { upstream, bare, load },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
  const path = (name: ProgramName): string => join(folder, `${name}.mjs`);
  return { upstream: path('upstream'), bare: path('bare'), load: path('load') };
}

/** What goes before a command so that it ends with this process at the latest. */
export const WITH_US: readonly string[] = ['setpriv', '--pdeathsig', 'KILL'];

/** A command that runs where the process `pid` has its network, and that ends with us. */
export function beside(pid: number, argv: readonly string[]): string[] {
  return [...WITH_US, 'nsenter', `--net=/proc/${pid}/ns/net`, '--', ...argv];
}

export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** From its start until it said that it serves. */
  readonly readyMs: number;
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
}

export function start([program = '', ...args]: readonly string[], env = process.env): Running['child'] {
  return spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Starts it and waits until one of its streams says `ready`. */
export async function startUntil(
  argv: readonly string[],
  ready: RegExp,
  env = process.env,
): Promise<Running> {
  const startedMs = performance.now();
  const child = start(argv, env);
  const served = Promise.withResolvers<number>();
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      // Enough of it to tell what went wrong; a proxy may go on to write a line a call.
      said = `${said}${chunk}`.slice(-10_000);
      if (ready.test(said)) served.resolve(performance.now() - startedMs);
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const name = basename(argv.at(-1) ?? '');
  void ended.then(() => served.reject(new Error(`${name} ended before it served: ${said}`)));
  const late = setTimeout(() => served.reject(new Error(`${name} does not serve: ${said}`)), READY_MS);
  const end = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  try {
    return { pid: child.pid ?? 0, readyMs: await served.promise, child, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  } finally {
    clearTimeout(late);
  }
}
