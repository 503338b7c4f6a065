import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { gzip } from './gzip.ts';

const bytes = new TextEncoder().encode('a release '.repeat(1000));

it('gives back what was packed', () => {
  expect(Buffer.from(gzip.unpack(gzip.pack(bytes), bytes.length) ?? [])).toEqual(Buffer.from(bytes));
});

it('unpacks nothing that is larger than asked for, broken off, or no gzip', () => {
  const packed = gzipSync(bytes);
  expect(gzip.unpack(packed, bytes.length - 1)).toBeUndefined();
  expect(gzip.unpack(packed.subarray(0, -9), bytes.length)).toBeUndefined();
  expect(gzip.unpack(bytes, bytes.length)).toBeUndefined();
});
