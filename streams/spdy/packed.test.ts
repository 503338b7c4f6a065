import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined } from '../joined.ts';
import { DICTIONARY } from './dictionary.ts';
import { createPacker, createUnpacker, MAX_BLOCK_BYTES } from './packed.ts';
import { bytes, createZlibPacker, hex, inflate, NO_BYTES } from './test-peer.ts';

const isSame = (read: Uint8Array | undefined, block: Uint8Array) =>
  read !== undefined && Buffer.compare(read, block) === 0;
const FLUSH = hex('000000ffff');
const blocks = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(MAX_BLOCK_BYTES).map((length) => new Uint8Array(length).fill(length)),
  ),
  { minLength: 1, maxLength: 12 },
);

test('the blocks of a compressor are read in their order, each with those before it', () => {
  fc.assert(
    fc.property(blocks, (all) => {
      const pack = createZlibPacker();
      const unpack = createUnpacker(inflate);
      for (const block of all) expect(isSame(unpack(pack(block)), block)).toBe(true);
    }),
  );
});

test('what a block refers back to reaches over 32 KiB of blocks', () => {
  const pack = createZlibPacker();
  const unpack = createUnpacker(inflate);
  const far = Uint8Array.from({ length: MAX_BLOCK_BYTES }, (_, i) => (i * i * 7 + (i >> 5)) % 251);
  const between = Uint8Array.from({ length: MAX_BLOCK_BYTES - 300 }, (_, i) => (i * i * 11 + (i >> 4)) % 241);
  for (const block of [far, between, far]) expect(isSame(unpack(pack(block)), block)).toBe(true);
});

test('what is printed is one zlib stream with the dictionary, and is read back block by block', () => {
  fc.assert(
    fc.property(blocks, (all) => {
      const pack = createPacker();
      const unpack = createUnpacker(inflate);
      const packed = all.map(pack);
      for (const [i, block] of all.entries()) {
        expect(isSame(unpack(packed[i] ?? NO_BYTES), block)).toBe(true);
      }
      const whole = inflateSync(joined(packed), { dictionary: DICTIONARY, finishFlush: 2 });
      expect(isSame(whole, joined(all))).toBe(true);
    }),
  );
});

/** Without a flush Go's reader keeps the last block back, and never reads another. */
test('what is printed ends on a flush', () => {
  const pack = createPacker();
  expect(pack(bytes('a'))).toEqual(hex('7820e3c6a7c2000100feff61000000ffff'));
  expect(pack(bytes('b'))).toEqual(hex('000100feff62000000ffff'));
});

const first = (head: string) => joined([hex(head), hex('000100feff61'), FLUSH]);

test.each([
  ['has no head', hex('78f9e3c6a7')],
  ['names another dictionary', first('78f9e3c6a7c3')],
  ['names no dictionary', joined([hex('789c'), hex('000100feff61'), FLUSH])],
  ['says that it has no dictionary', first('789ce3c6a7c2')],
  ['has a head whose sum is wrong', first('78fae3c6a7c2')],
  ['has another window', first('6824e3c6a7c2')],
  ['does not end on a flush', hex('78f9e3c6a7c2000100feff61')],
  ['is no deflate', joined([hex('78f9e3c6a7c2ff'), FLUSH])],
])('a first block that %s is refused', (_what, packed) => {
  expect(createUnpacker(inflate)(packed)).toBeUndefined();
});

test('a block is refused where more than 16 KiB come out', () => {
  const ofLength = (length: number) =>
    createUnpacker(inflate)(createZlibPacker()(new Uint8Array(length)))?.length;
  expect(ofLength(MAX_BLOCK_BYTES)).toBe(MAX_BLOCK_BYTES);
  expect(ofLength(MAX_BLOCK_BYTES + 1)).toBeUndefined();
});

test('what a dictionary holds is at most 32 KiB', () => {
  const lengths: number[] = [];
  const unpack = createUnpacker((deflated, dictionary, max) => {
    lengths.push(dictionary.length);
    return inflate(deflated, dictionary, max);
  });
  const pack = createZlibPacker();
  for (let i = 0; i < 4; i += 1) unpack(pack(new Uint8Array(MAX_BLOCK_BYTES)));
  expect(lengths).toEqual([1423, 1423 + MAX_BLOCK_BYTES, 32 * 1024, 32 * 1024]);
});
