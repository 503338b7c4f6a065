// Bytes that nobody thought of: a few changes of chance to bytes that somebody did.
import type { Random } from './random.ts';

const CHANGES: readonly ((random: Random, bytes: Buffer, at: number) => Buffer)[] = [
  // A bit, a byte, a line's end, a NUL.
  (random, bytes, at) => replaced(bytes, at, 1, Buffer.of((bytes[at] ?? 0) ^ (1 << random.below(8)))),
  (random, bytes, at) => replaced(bytes, at, 1, random.bytes(1)),
  (random, bytes, at) =>
    replaced(bytes, at, 0, Buffer.from(random.pick(['\r\n', '\n', '\r', '\r\n\r\n', ' ', ':', '\0']))),
  // A piece taken out, put in again, or from elsewhere.
  (random, bytes, at) => replaced(bytes, at, random.below(40)),
  (random, bytes, at) => replaced(bytes, at, 0, bytes.subarray(at, at + random.below(200))),
  (random, bytes, at) => replaced(bytes, at, 0, random.bytes(random.below(40))),
  (_, bytes, at) => bytes.subarray(0, at),
];

export function mutate(random: Random, bytes: Buffer): Buffer {
  let changed = bytes;
  for (let left = random.below(4) + 1; left > 0; left -= 1)
    changed = random.pick(CHANGES)(random, changed, random.below(changed.length + 1));
  return changed;
}

function replaced(bytes: Buffer, at: number, size: number, by: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + size)]);
}
