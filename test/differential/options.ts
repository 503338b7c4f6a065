// The command line of `npm run fuzz:requests`, read once into data.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run fuzz:requests [-- OPTION…]

Makes requests with every trick we know of, over HTTP/1.1 and HTTP/2, and sends each to a real API
server as it is. What that understood, by its audit log, must be what chaperone would have decided
on; so must what chaperone would have forwarded in its place. What chaperone refuses although the
API server accepts it is counted by reason. Exits 1 if anything is decided as something else, if
a reason is not explained in test/differential/reasons.ts, or if some trick never came up.

  --cases N  how many requests: 1 to 1000000, by default 100000 (2 kB of disk each while it runs)
  --seed S   the same requests again: 0 to 2147483647, by default a fresh one, which is printed
  --json     one line at the end: {"cases":…,"more":…,"refused":…}
  --help     this text
`;

export interface Options {
  readonly cases: number;
  readonly seed: number;
  readonly json: boolean;
}

const DEFAULT_CASES = 100_000;
/** The audit log is read as one file, which the API server begins anew after 10 GB. */
const MAX_CASES = 1_000_000;
/** fast-check's seeds are 32 bits, with a sign. */
const MAX_SEED = 2 ** 31 - 1;

/** What the person has to change about the command line; one line. */
export class UsageError extends Error {}

export function readOptions(argv: readonly string[]): Options | 'help' {
  const { cases, seed, json = false, help } = parse(argv);
  if (help === true) return 'help';
  return {
    cases: readNumber('cases', cases, 1, MAX_CASES) ?? DEFAULT_CASES,
    seed: readNumber('seed', seed, 0, MAX_SEED) ?? freshSeed(),
    json,
  };
}

export const freshSeed = (): number => randomInt(MAX_SEED);

function readNumber(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name}: "${text}" is not a whole number from ${least} to ${most}`);
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({ args: [...argv], options: { cases: text, seed: text, json: flag, help: flag } })
      .values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n', 1)[0]);
  }
}
