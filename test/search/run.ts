// The search of one run: begun before its first test, ended after its last, with a line for each thing that went wrong. Every
// run first proves that it would have found something.
import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readLogs } from './logs.ts';
import { lookFor } from './look.ts';
import { SEARCH_FOLDER, seed, seedsOf } from './seeds.ts';
import { MAX_BYTES, readWitnesses, type Witnessed, witness } from './witness.ts';

/** The label of what is planted, and no other's. */
const CONTROL = 'control ';

/** What a seed is planted as, in bytes that no agent got; each must be found. */
const PLANTED: Readonly<Record<string, (value: string) => readonly (string | Buffer)[]>> = {
  plain: (value) => [`x${value}`],
  split: (value) => [value.slice(0, 20), value.slice(20)],
  wrapped: (value) => [
    (
      Buffer.from(value)
        .toString('base64')
        .match(/.{1,13}/g) ?? []
    ).join('\\n    '),
  ],
  base64: (value) => [Buffer.from(`:${value}`).toString('base64')],
  gzip: (value) => [gzipSync(`{"data":"${value}"}`)],
  Helm: (value) => [Buffer.from(gzipSync(value).toString('base64')).toString('base64')],
};

/** Makes the run's folder below `folder`, the one of the suite's cluster, and has every process of the run that starts from now on write to it. */
export async function beginSearch(folder: string): Promise<string> {
  const search = join(folder, 'search');
  await mkdir(search);
  process.env[SEARCH_FOLDER] = search;
  for (const [how, plant] of Object.entries(PLANTED)) {
    const note = witness(`${CONTROL}${how}`);
    const other = witness('between');
    for (const piece of plant(seed(`${CONTROL}${how}`))) {
      note(piece);
      other('between');
    }
  }
  return search;
}

export interface Searched {
  /** What must not be, a line each; empty: no value was found outside revealed reads. */
  readonly faults: readonly string[];
  readonly seeds: number;
  readonly streams: number;
  readonly bytes: number;
}

/** Looks through all that the run wrote down. `search` is its folder. */
export function endSearch(search: string): Searched {
  const seeds = seedsOf(search);
  const look = lookFor(seeds);
  const planted = new Set(Object.keys(PLANTED).map((how) => `${CONTROL}${how}`));
  const revealed = new Map<string, readonly string[]>();
  const faults: string[] = [];
  let [streams, bytes] = [0, 0];
  const take = (one: Witnessed): void => {
    streams += 1;
    bytes += one.bytes.length;
    for (const { purpose, form, at } of look(one.bytes, one.reveals)) {
      if (one.label === purpose && planted.delete(purpose)) continue;
      const where = at === undefined ? '' : `, byte ${at}`;
      // What names a stream may quote what an agent asked for.
      const label = look(Buffer.from(one.label)).length > 0 ? `${one.label.slice(0, 12)}…` : one.label;
      faults.push(`a hidden value was shown: ${label}${where}: the seed "${purpose}", ${form}`);
    }
  };
  for (const name of readdirSync(search).filter((each) => each.endsWith('.witness'))) {
    const read = readWitnesses(join(search, name));
    if (read.isFull) faults.push(`${name} took ${MAX_BYTES} bytes; what came after was not searched`);
    for (const one of read.streams) {
      take(one);
      // A test says what a container's log may hold by a stream of that name.
      revealed.set(one.label, [...(revealed.get(one.label) ?? []), ...one.reveals]);
    }
  }
  for (const log of readLogs(search)) take({ ...log, reveals: revealed.get(log.label) ?? [] });
  for (const missed of planted) faults.push(`the search finds nothing any more: "${missed}" stayed hidden`);
  return { faults, seeds: seeds.length, streams, bytes };
}
