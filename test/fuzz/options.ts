// The command line of `npm run fuzz:bytes`, read once into data.
import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run fuzz:bytes [-- OPTION…]

Starts a control plane on this machine and "chaperone run" in front of it, and sends bytes to its port that no
client sends, while a client that behaves goes on calling. Exits 1 if the process ends or takes more memory
than it may have, if a call of that client is not answered, or if anything else reached the API server.

  --seconds N  how long (default: 60)
  --seed S     attacks as in the run that printed this seed, in their order (default: a new one)
  --json       the last line is an object: {connections, bytes, reachedUpstream, restarts, peakRssMiB}
  --help       this text
`;

export interface Options {
  readonly seconds: number;
  /** 32 bits. */
  readonly seed: number;
  readonly json: boolean;
}

/** What the person has to change about the command line; one line. */
export class UsageError extends Error {}

const MAX_SECONDS = 24 * 3600;
const MAX_SEED = 2 ** 32 - 1;

export function readOptions(argv: readonly string[], freshSeed: number): Options | 'help' {
  const values = parse(argv);
  if (values.help === true) return 'help';
  return {
    seconds: whole('--seconds', values.seconds, 1, MAX_SECONDS) ?? 60,
    seed: whole('--seed', values.seed, 0, MAX_SEED) ?? freshSeed,
    json: values.json === true,
  };
}

function whole(option: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${option}: "${text}" is no whole number from ${least} to ${most}`);
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({ args: [...argv], options: { seconds: text, seed: text, json: flag, help: flag } })
      .values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
