// The attacks of a seed, one after the other: a shape, whose token, how it is cut into pieces, and how it ends.
import type { Attack, Pause, Shape } from './attack.ts';
import { COSTLY } from './h1/costly.ts';
import { FRAMING } from './h1/framing.ts';
import { HEADS } from './h1/heads.ts';
import { FLOODS } from './h2/floods.ts';
import { REQUESTS } from './h2/requests.ts';
import { SESSIONS } from './h2/sessions.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import { RAW } from './raw.ts';

type Entry = Pick<Attack, 'name' | 'over'> & { readonly shape: Shape };

const entries = (over: Attack['over'], shapes: Readonly<Record<string, Shape>>): Entry[] =>
  Object.entries(shapes).map(([name, shape]) => ({ name, over, shape }));

export const SHAPES: readonly Entry[] = [
  ...entries('http/1.1', { ...FRAMING, ...HEADS, ...COSTLY }),
  ...entries('h2', { ...REQUESTS, ...SESSIONS, ...FLOODS }),
  ...entries('raw', RAW),
];

export interface Paths {
  /** A prefix that the policy permits, the markers under it. */
  readonly permitted: string;
  readonly refused: string;
}

/** What every marker begins with. */
export const MARK = 'fuzz-';

export function* plan(random: Random, token: string, { permitted, refused }: Paths): Generator<Attack> {
  for (let count = 0; ; count += 1) {
    // First each shape once as it is.
    const { name, over, shape } = SHAPES[count] ?? random.pick(SHAPES);
    const mutated = count >= SHAPES.length && random.once(2);
    const marker = `${MARK}${count}`;
    const pieces = shape({
      random,
      marker,
      token: count < SHAPES.length ? token : random.pick([token, token, 'another', undefined]),
      // A mutation could make a sound request of what was none: then of none that is permitted.
      permitted: `${mutated ? refused : permitted}${marker}`,
      refused: `${refused}${marker}`,
    });
    const whole = Buffer.isBuffer(pieces) ? [pieces] : pieces;
    const sent = mutated ? eachOf(whole, (piece) => [mutate(random, piece)]) : whole;
    yield {
      name: `${name}${mutated ? ', mutated' : ''} (${marker})`,
      over,
      pieces: random.once(3) ? eachOf(sent, (piece) => cut(random, piece)) : sent,
      end: random.pick(['wait', 'wait', 'half', 'reset']),
    };
  }
}

const eachOf = (
  pieces: readonly (Buffer | Pause)[],
  change: (piece: Buffer) => Buffer[],
): (Buffer | Pause)[] =>
  pieces.flatMap<Buffer | Pause>((piece) => (typeof piece === 'number' ? [piece] : change(piece)));

/** Into up to five pieces. */
function cut(random: Random, piece: Buffer): Buffer[] {
  const at = Array.from({ length: random.below(5) }, () => random.below(piece.length + 1)).sort(
    (a, b) => a - b,
  );
  return [...at, piece.length].map((end, i) => piece.subarray(at[i - 1] ?? 0, end));
}
