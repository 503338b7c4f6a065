// The load generator, as a program of its own: so many calls at once, each followed by the next, for one window. An answer
// that is not the expected one ends it: what is not right is not measured.
import { text } from 'node:stream/consumers';
import { openWindow } from './counter.ts';
import { type Client, h1Client } from './h1.ts';
import { h2Client } from './h2.ts';
import type { Job, Said } from './job.ts';

const NEWLINE = 0x0a;

const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`);

const job = JSON.parse(await text(process.stdin)) as Job;
const { load, warmUpMs, windowMs } = job;
const client: Client = load.protocol === 'h1' ? h1Client(job) : h2Client(job);
const { counter, result } = openWindow(warmUpMs, windowMs, () => say({ at: 'begin' }));

async function requests(): Promise<void> {
  while (!counter.over) {
    const startedMs = performance.now();
    const { status, bytes, start } = await client();
    if (status !== load.status || bytes < load.minBytes) {
      throw new Error(`${load.path} was answered with ${status} and ${bytes} bytes: ${start}`);
    }
    counter.done(1, performance.now() - startedMs);
  }
}

async function watch(): Promise<void> {
  const { status, start } = await client((chunk) => {
    let lines = 0;
    for (const byte of chunk) if (byte === NEWLINE) lines += 1;
    counter.done(lines);
  });
  throw new Error(`the watch ended, with ${status}: ${start}`);
}

const lane = load.counts === 'requests' ? requests : watch;
const lanes = Array.from({ length: load.connections * load.streams }, lane);
// Lanes end only by what went wrong, or with the window.
const counted = await Promise.race([result, Promise.all(lanes).then(() => result)]);
say({ at: 'end', ...counted });
process.exit(0);
