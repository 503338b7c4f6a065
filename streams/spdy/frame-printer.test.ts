import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined } from '../joined.ts';
import { createFramePrinter } from './frame-printer.ts';
import { createFrameReader } from './frame-reader.ts';
import { anyFrame, bytes, hex, inflate, NO_BYTES, together } from './test-peer.ts';

/** Each was read as what it says by github.com/moby/spdystream/spdy v0.5.1. */
test('frames are printed as moby reads them', () => {
  const print = createFramePrinter();
  const headers = new Map([['streamtype', 'error']]);
  expect(joined(print({ kind: 'synStream', id: 1, headers }))).toEqual(
    hex(
      [
        '800300010000003500000001000000000000',
        '7820e3c6a7c2001b00e4ff000000010000000a73747265616d74797065000000056572726f72000000ffff',
      ].join(''),
    ),
  );
  expect(joined(print({ kind: 'synReply', id: 1 }))).toEqual(
    hex('800300020000001200000001000400fbff00000000000000ffff'),
  );
  expect(joined(print({ kind: 'data', id: 3, bytes: bytes('hello') }))).toEqual(
    hex('000000030000000568656c6c6f'),
  );
  expect(joined(print({ kind: 'fin', id: 3 }))).toEqual(hex('0000000301000000'));
  expect(joined(print({ kind: 'rstStream', id: 1, status: 5 }))).toEqual(
    hex('80030003000000080000000100000005'),
  );
  expect(joined(print({ kind: 'ping', id: 7 }))).toEqual(hex('800300060000000400000007'));
  expect(joined(print({ kind: 'goAway', lastId: 3, status: 0 }))).toEqual(
    hex('80030007000000080000000300000000'),
  );
});

test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.array(anyFrame(), { maxLength: 12 }), (frames) => {
      const printed = joined(frames.flatMap(createFramePrinter()));
      const read = createFrameReader(inflate)(printed);
      expect('kind' in read ? read : together(read)).toEqual(together(frames));
    }),
  );
});

test('data is not copied, and no frame of it is longer than a mebibyte', () => {
  const print = createFramePrinter();
  const large = new Uint8Array(2 * 1024 * 1024 + 1);
  const frames = print({ kind: 'data', id: 1, bytes: large });
  expect(frames.map(({ length }) => length)).toEqual([8, 1024 * 1024, 8, 1024 * 1024, 8, 1]);
  expect(frames[1]?.buffer).toBe(large.buffer);
});

test('no data is no frame', () => {
  expect(createFramePrinter()({ kind: 'data', id: 1, bytes: NO_BYTES })).toEqual([]);
});
