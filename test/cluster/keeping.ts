// The parent's side of the keeper (keeper.ts): a cluster's folder and box, which go away with the returned `release`
// or with this process, whichever comes first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from './wait.ts';

/** More than all the waits of the keeper together: it ends by itself, having said what it could not take away. */
const RELEASE_MS = 180_000;

export interface Kept {
  readonly folder: string;
  /** Where there is a node: the first process of the box, and the index of the cluster's link and addresses. */
  readonly box?: number;
  readonly index?: number;
  /** Ends everything and waits until nothing is left. */
  release(): Promise<void>;
}

/** `pause`, the program that holds the box, is given where there is to be one. */
export async function keep(pause?: string): Promise<Kept> {
  const argv = [join(import.meta.dirname, 'keeper.ts'), ...(pause === undefined ? [] : [pause])];
  const { NODE_OPTIONS: _parents, ...env } = process.env;
  const keeper = spawn(process.execPath, argv, { detached: true, env, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines: string[] = [];
  const reader = createInterface(keeper.stdout).on('line', (line) => lines.push(line));
  const closed = once(reader, 'close');
  await Promise.race([once(reader, 'line'), closed]);
  const [first = '{"error":"the keeper ended before it said anything"}'] = lines;
  const { error, ...kept } = JSON.parse(first) as Omit<Kept, 'release'> & { error?: string };
  const release = async () => {
    keeper.ref();
    keeper.stdin.end();
    const ended = () => keeper.exitCode ?? keeper.signalCode ?? undefined;
    await waitFor({ what: 'the keeper to end', timeoutMs: RELEASE_MS, probe: ended });
    await closed;
    const [, left] = lines;
    if (left !== undefined) throw new Error(`a cluster could not be taken away: ${left}`);
  };
  if (error !== undefined) {
    await release();
    throw new Error(error);
  }
  // A cluster that nobody stops must not keep its process from ending.
  keeper.unref();
  for (const pipe of [keeper.stdin, keeper.stdout]) (pipe as unknown as { unref(): void }).unref();
  return { ...kept, release };
}
