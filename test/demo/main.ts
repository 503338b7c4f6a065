// `npm run demo`: a real cluster, a real pod, an unmodified kubectl, before and after.
// Exit codes: 0 all as expected, 1 not, 64 a command line to change, 69 something the machine lacks, 130 interrupted.
import { checkHost } from '../cluster/host.ts';
import { Obstacle } from '../cluster/obstacle.ts';
import { setGivenStage } from './given-cluster.ts';
import { HELP, type Options, readOptions, UsageError } from './options.ts';
import { setOwnStage } from './own-cluster.ts';
import { play } from './play.ts';
import type { Stage } from './stage.ts';
import { counting, jsonScreen, personScreen } from './steps.ts';
import { setStageWithoutNode } from './without-node.ts';

/** sysexits.h */
const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;
const INTERRUPTED = 130;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => interrupted.abort(new Error('interrupted')));

process.exit(await main());

async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== 'help') return await demo(options);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (error === interrupted.signal.reason) return INTERRUPTED;
    process.stderr.write(`${(error as Error).message}\n`);
    if (error instanceof UsageError) return EX_USAGE;
    return error instanceof Obstacle ? EX_UNAVAILABLE : 1;
  }
}

async function demo(options: Options): Promise<number> {
  const startedMs = performance.now();
  const screen = counting(
    options.json ? jsonScreen(writeOut) : personScreen(writeOut, process.stdout.isTTY === true),
  );
  const stage = await setStage(options);
  try {
    await orInterrupted(play(stage, screen));
    const { steps, different, leftOut } = screen.counted();
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    const fared = different === 0 ? 'each as expected' : `${different} DIFFERENT`;
    say(`${steps} steps, ${fared}${leftOut === 0 ? '' : `, ${leftOut} left out`}, in ${seconds} s`);
    if (options.keep) await keptUp(stage);
    return different === 0 ? 0 : 1;
  } finally {
    await stage.stop();
  }
}

async function setStage({ given }: Options): Promise<Stage> {
  // What is interrupted here is taken away by the stage itself, in a cluster of ours by its keeper.
  if (given !== undefined) return setGivenStage(given, interrupted.signal, say);
  const obstacle = await checkHost().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (obstacle === undefined) return orInterrupted(setOwnStage(say));
  if (!(obstacle instanceof Obstacle)) throw obstacle;
  say(`${obstacle.what}: playing what needs none`);
  return orInterrupted(setStageWithoutNode(obstacle.what, say));
}

async function keptUp({ playOn }: Stage): Promise<void> {
  say('it stays until Ctrl-C; to play on, in another shell:');
  for (const line of playOn) say(`  ${line}`);
  const { signal } = interrupted;
  // A process with nothing else to do would end by itself.
  const up = setInterval(() => {}, 2 ** 30);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  clearInterval(up);
  say('stopping');
}

function orInterrupted<T>(work: Promise<T>): Promise<T> {
  const { signal } = interrupted;
  const end = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  return Promise.race([work, end]);
}

function say(line: string): void {
  process.stderr.write(`… ${line}\n`);
}

function writeOut(text: string): void {
  process.stdout.write(text);
}
