// `npm run fuzz:streams`: sayings of every kind, half of them changed in some bytes, to every relay of streams/, and whether each
// kept what it promises.
import { randomInt } from 'node:crypto';
import { mutate } from '../mutate.ts';
import { readOptions, UsageError } from '../options.ts';
import { randomOf } from '../random.ts';
import { faultOf } from './play.ts';
import { FUZZED } from './relays.ts';
import { sayings } from './sayings.ts';

const HELP = `Usage: npm run fuzz:streams [-- OPTION…]

Says to every relay of streams/ what an agent and an API server could say, and what they could not. Exits 1 if one
throws, says something after it is over, reads the same bytes in another way where they are cut otherwise, prints
what another would not read, makes much of little, or grows.

  --seconds N  how long (default: 60)
  --seed S     as in the run that printed this seed (default: a new one)
  --json       the last line is an object: {plays, faults, bytes, peakRssMiB}
  --help       this text
`;

/** sysexits.h */
const EX_USAGE = 64;
/** Of Node, the words of a play, and what one relay may keep. */
const MAX_RSS_MIB = 400;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Options {
  readonly seconds: number;
  readonly seed: number;
  readonly json: boolean;
}

function fuzz({ seconds, seed, json }: Options): number {
  say(`${FUZZED.length} relays for ${seconds} s, seed ${seed}`);
  const end = performance.now() + seconds * 1000;
  const broken: string[] = [];
  let plays = 0;
  let bytes = 0;
  while (performance.now() < end && broken.length < 20) {
    const random = randomOf(seed + plays);
    const fuzzed = random.pick(FUZZED);
    const said = sayings(random, fuzzed);
    const all = random.once(2)
      ? said
      : said.map((one) => (random.once(8) ? { ...one, bytes: mutate(random, one.bytes) } : one));
    bytes += all.reduce((sum, one) => sum + one.bytes.length, 0);
    try {
      const fault = faultOf(random, fuzzed, all);
      if (fault !== undefined) broken.push(`${fuzzed.name}, seed ${seed + plays}: ${fault}`);
    } catch (error) {
      broken.push(`${fuzzed.name}, seed ${seed + plays} threw ${(error as Error).stack}`);
    }
    plays += 1;
  }
  const peakRssMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  if (peakRssMiB > MAX_RSS_MIB) broken.push(`it took ${peakRssMiB} MiB`);
  for (const fault of broken) say(`FAULT ${fault}`);
  say(`${plays} plays, ${bytes} bytes, at most ${peakRssMiB} MiB, ${broken.length} faults`);
  if (json) process.stdout.write(`${JSON.stringify({ plays, faults: broken.length, bytes, peakRssMiB })}\n`);
  return broken.length === 0 ? 0 : 1;
}

try {
  const options = readOptions(process.argv.slice(2), randomInt(2 ** 31));
  if (options === 'help') process.stdout.write(HELP);
  else process.exitCode = fuzz(options);
} catch (error) {
  say((error as Error).message);
  process.exitCode = error instanceof UsageError ? EX_USAGE : 1;
}
