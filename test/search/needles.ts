// Finds any of many byte strings, or a long enough piece of one, in one pass over bytes of any size: every eighth block of
// eight bytes is looked up among all such blocks of all that is looked for, and what agrees is compared to both sides.
import type { Form } from './forms.ts';

const BLOCK = 8;
const BUCKETS = 1 << 20;

export interface Hit<Needle> {
  readonly needle: Needle;
  /** Where it begins in the bytes. */
  readonly at: number;
}

/** All places at which at least `least` consecutive bytes of a needle stand; `least` must be 15 or more. Linear in `bytes`. */
export type Find<Needle> = (bytes: Buffer) => Hit<Needle>[];

/** Builds the index once for many searches. */
export function finder<Needle extends Form>(needles: readonly Needle[]): Find<Needle> {
  // A chain of entries for each bucket, in flat arrays: some thousand for each seed.
  const size = needles.reduce((sum, { bytes }) => sum + Math.max(0, bytes.length - BLOCK + 1), 0);
  const first = new Int32Array(BUCKETS).fill(-1);
  const [next, hashes, owners, offsets] = [0, 1, 2, 3].map(() => new Int32Array(size)) as Entries;
  let entries = 0;
  for (const [owner, { bytes }] of needles.entries()) {
    for (let offset = 0; offset + BLOCK <= bytes.length; offset += 1, entries += 1) {
      const hash = hashAt(bytes, offset);
      const bucket = hash & (BUCKETS - 1);
      next[entries] = first[bucket] as number;
      hashes[entries] = hash;
      owners[entries] = owner;
      offsets[entries] = offset;
      first[bucket] = entries;
    }
  }
  return (bytes) => {
    const hits = new Map<string, Hit<Needle>>();
    for (let at = 0; at + BLOCK <= bytes.length; at += BLOCK) {
      const hash = hashAt(bytes, at);
      for (let entry = first[hash & (BUCKETS - 1)] as number; entry !== -1; entry = next[entry] as number) {
        if (hashes[entry] !== hash) continue;
        const owner = owners[entry] as number;
        const needle = needles[owner] as Needle;
        const begin = agreeing(bytes, at, needle, offsets[entry] as number);
        if (begin !== undefined) hits.set(`${owner} ${begin}`, { needle, at: begin });
      }
    }
    return [...hits.values()];
  };
}

type Entries = [Int32Array, Int32Array, Int32Array, Int32Array];

function hashAt(bytes: Buffer, at: number): number {
  const low = Math.imul(bytes.readInt32LE(at), 0x9e3779b1);
  const mixed = Math.imul(low ^ bytes.readInt32LE(at + 4), 0x85ebca77);
  return mixed ^ (mixed >>> 15);
}

/** Where the run of agreeing bytes around `at` begins, where it is long enough. */
function agreeing(
  bytes: Buffer,
  at: number,
  { bytes: needle, least }: Form,
  offset: number,
): number | undefined {
  let before = 0;
  while (before < offset && before < at && bytes[at - before - 1] === needle[offset - before - 1])
    before += 1;
  let after = 0;
  while (offset + after < needle.length && bytes[at + after] === needle[offset + after]) after += 1;
  return before + after >= least ? at - before : undefined;
}
