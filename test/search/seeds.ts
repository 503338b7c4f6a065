// The values that no agent may see unless they are revealed to it: made here, and written down for the search at the end of
// the run. Where no run searches (a bench, a demo by hand) they are values like any others.
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the processes of a run find what it searches; unset: nothing is searched. */
export const SEARCH_FOLDER = 'CHAPERONE_TEST_SEARCH';

export interface Seed {
  readonly purpose: string;
  readonly value: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHARACTERS = `${LETTERS}0123456789`;
const LENGTH = 40;
/** A longer value is known by its beginning. */
const MOST = 256;
const FILE = 'seeds';

/** A fresh value of 40 letters and digits that is searched for. `purpose` is how a finding names it. */
export function seed(purpose: string): string {
  const [first = 0, ...rest] = randomBytes(LENGTH);
  const of = (set: string, byte: number) => set[byte % set.length];
  return known(purpose, [of(LETTERS, first), ...rest.map((byte) => of(CHARACTERS, byte))].join(''));
}

/** Has a value searched for that someone else made: at least 15 characters that stand nowhere by right. */
export function known(purpose: string, value: string): string {
  const folder = process.env[SEARCH_FOLDER];
  const line: Seed = { purpose, value: value.slice(0, MOST) };
  if (folder !== undefined) appendFileSync(join(folder, FILE), `${JSON.stringify(line)}\n`);
  return value;
}

/** All seeds of the run whose folder this is. */
export function seedsOf(folder: string): Seed[] {
  const lines = readFileSync(join(folder, FILE), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Seed);
}
