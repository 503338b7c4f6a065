import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined } from '../joined.ts';
import type { Frame } from './frame.ts';
import { createFrameReader } from './frame-reader.ts';
import { anyFrame, bytes, control, createPeer, cutAt, hex, inflate, together, word } from './test-peer.ts';

const readAll = (chunks: readonly Uint8Array[]): readonly Frame[] => {
  const read = createFrameReader(inflate);
  return together(
    chunks.flatMap((chunk) => {
      const frames = read(chunk);
      if ('kind' in frames) throw new Error(frames.why);
      return frames;
    }),
  );
};

/** Printed by github.com/moby/spdystream/spdy v0.5.1 over one Framer, in this order. */
const MOBY = [
  '80030001000000290000000100000000000078f9e3c6a7c26260606004a7b392a2d4c45c6851c29a0a0a6800000000ffff',
  '800300010000002f0000000300000000000002a54748d15c04ce05160616060c0c0c9c4590a8cc04257146030ccda0722811000000ffff',
  '800300020000000e000000016260606000000000ffff',
  '000000030000000568656c6c6f',
  '0000000301000000',
  '80030003000000080000000100000005',
  '800300060000000400000007',
  '800300040000000c000000010000000400000064',
  '800300090000000800000003000003e8',
  '80030007000000080000000300000000',
].map(hex);

const READ_OF_MOBY: readonly Frame[] = [
  { kind: 'synStream', id: 1, headers: new Map([['streamtype', 'error']]) },
  {
    kind: 'synStream',
    id: 3,
    headers: new Map([
      ['streamtype', 'data'],
      ['port', '8080'],
      ['requestid', '0'],
    ]),
  },
  { kind: 'synReply', id: 1 },
  { kind: 'data', id: 3, bytes: bytes('hello') },
  { kind: 'fin', id: 3 },
  { kind: 'rstStream', id: 1, status: 5 },
  { kind: 'ping', id: 7 },
  { kind: 'goAway', lastId: 3, status: 0 },
];

test("moby's frames are read as they were meant; SETTINGS and WINDOW_UPDATE are nothing", () => {
  expect(readAll(MOBY)).toEqual(READ_OF_MOBY);
});

test('wherever the bytes are cut, the same frames are read', () => {
  const whole = joined(MOBY);
  for (let place = 0; place <= whole.length; place += 1) {
    expect(readAll(cutAt(whole, [place]))).toEqual(READ_OF_MOBY);
  }
  expect(readAll(Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(READ_OF_MOBY);
});

test('any frames, cut anywhere, are read as they were said', () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame(), { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 9 }),
      (frames, cuts) => {
        expect(readAll(cutAt(createPeer().says(...frames), cuts))).toEqual(together(frames));
      },
    ),
  );
});

test('any bytes are read or refused, never thrown over', () => {
  const noise = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...MOBY)), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(noise, fc.array(fc.nat(), { maxLength: 5 }), (parts, cuts) => {
      const read = createFrameReader(inflate);
      for (const chunk of cutAt(joined(parts), cuts)) if ('kind' in read(chunk)) return;
    }),
    { numRuns: 2000 },
  );
});

test('data is passed on as it comes, uncopied, before its frame is whole', () => {
  const read = createFrameReader(inflate);
  const chunk = joined([word(5), hex('01ffffff'), bytes('first')]);
  const [frame] = read(chunk) as readonly Frame[];
  expect(frame).toMatchObject({ kind: 'data', id: 5 });
  expect(frame?.kind === 'data' && frame.bytes.buffer).toBe(chunk.buffer);
  expect(read(bytes('second'))).toMatchObject([{ kind: 'data', id: 5 }]);
});

test('a FIN comes after the last of the data', () => {
  const kinds = readAll([word(5), hex('01000003'), bytes('ab'), bytes('c')]).map(({ kind }) => kind);
  expect(kinds).toEqual(['data', 'fin']);
});

test('the stream of a control frame has 31 bits', () => {
  expect(readAll([control(3, [0x8000_0001, 5])])).toEqual([{ kind: 'rstStream', id: 1, status: 5 }]);
});

test('a data frame with an unknown flag is refused', () => {
  expect(createFrameReader(inflate)(joined([word(1), hex('02000000')]))).toMatchObject({
    why: expect.stringContaining('flag'),
  });
});
