// `node bench/mask/main.ts`, with a sidecar's heap: what it takes to mask 5 MB of Secrets as they come, against reading their text
// once by JSON.parse; and how far the peak of a process grows by it. Each is measured in processes of its own, so that none pays
// for what another left to be collected.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { secretsMasked } from '../../masking/body.ts';
import { createMasker } from '../../masking/masker.ts';
import { keyedHash } from '../../sidecar/keyed-hash.ts';
import { listInPieces } from '../../sidecar/test-secret-lists.ts';
import { table } from '../report.ts';
import { spread, summarize } from '../statistics.ts';

const LIST_BYTES = 5_000_000;
const VALUE_BYTES = [180, 1800, 50_000];
const PROCESSES = 5;
const ROUNDS = 25;
const WARM_UP = 8;

const wall = secretsMasked({ hash: keyedHash(randomBytes(32)), reveal: false });

function mask(pieces: Iterable<Buffer>): void {
  const masker = createMasker({ watch: false, hold: () => true, ...wall });
  for (const piece of pieces) masker.write(piece);
  const outcome = masker.end();
  if (outcome.kind !== 'masked') throw new Error(`a list was not masked: ${outcome.kind}`);
}

/** Milliseconds of CPU a round, the collector's threads included. */
function cpuMs(work: () => void): number {
  for (let round = 0; round < WARM_UP; round++) work();
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / ROUNDS;
}

/** Bytes by which the peak grows, after a short list; the long one is made as it goes. */
function peakGrowth(valueBytes: number): number {
  const peak = (): number => process.resourceUsage().maxRSS * 1024;
  mask(listInPieces(LIST_BYTES / 25, valueBytes));
  const before = peak();
  mask(listInPieces(LIST_BYTES, valueBytes));
  return peak() - before;
}

/** What a process of its own measures. */
const MEASURES = {
  read(valueBytes: number) {
    const text = Buffer.concat([...listInPieces(LIST_BYTES, valueBytes)]).toString();
    return cpuMs(() => JSON.parse(text));
  },
  mask(valueBytes: number) {
    const pieces = [...listInPieces(LIST_BYTES, valueBytes)];
    return cpuMs(() => mask(pieces));
  },
  peak: peakGrowth,
};

type Measure = keyof typeof MEASURES;

function measured(what: Measure, valueBytes: number): number {
  const args = [...process.execArgv, import.meta.filename, what, String(valueBytes)];
  return Number(execFileSync(process.execPath, args).toString());
}

function row(valueBytes: number): string[] {
  const [read, masked]: [number[], number[]] = [[], []];
  for (let round = 0; round < PROCESSES; round++) {
    read.push(measured('read', valueBytes));
    masked.push(measured('mask', valueBytes));
  }
  const [one, all] = [summarize(read), summarize(masked)];
  return [
    `${valueBytes} B`,
    one.median.toFixed(1),
    `${all.median.toFixed(1)} ${(all.median / one.median).toFixed(1)}×`,
    `±${(spread(all) * 100).toFixed(0)} %`,
    `${(measured('peak', valueBytes) / LIST_BYTES).toFixed(1)}×`,
  ];
}

const [what, valueBytes] = process.argv.slice(2);
if (what !== undefined) {
  process.stdout.write(`${MEASURES[what as Measure](Number(valueBytes))}\n`);
} else {
  const head = ['5 MB of Secrets, values of', 'CPU ms: read once', 'masked', 'spread', 'peak, × its size'];
  process.stdout.write(`${table([head, ...VALUE_BYTES.map(row)])}\n`);
}
