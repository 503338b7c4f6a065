import { expect, it } from 'vitest';
import { decodeRelease, readRelease, unpackRelease } from './codec.ts';
import { encoded, gzip } from './test-releases.ts';

const listOf = (count: number) => encoded({ config: { a: Array(count).fill(1) } });

it('a release of more values than large charts have is not read, and what it took is told', () => {
  expect(decodeRelease(listOf(40_000), gzip, 1e6).payload).toBeDefined();
  expect(decodeRelease(listOf(50_000), gzip, 1e6)).toEqual({
    payload: undefined,
    bytes: 100_018,
    values: 50_004,
  });
});

it('a release that is no release takes nothing, and one that is too large all that it might have', () => {
  expect(decodeRelease('*', gzip, 1000)).toEqual({ payload: undefined, bytes: 0, values: 0 });
  expect(decodeRelease(btoa('*'), gzip, 1000)).toEqual({ payload: undefined, bytes: 0, values: 0 });
  expect(decodeRelease(listOf(1000), gzip, 1000)).toEqual({ payload: undefined, bytes: 1000, values: 0 });
});

it('a release is read with one layer of base64 less where it stands as text', () => {
  const unpacked = unpackRelease('stringData', atob(encoded({ name: 'web' })), gzip, 1e6);
  if (unpacked.kind !== 'unpacked') throw new Error(unpacked.kind);
  expect(readRelease(unpacked.bytes).payload).toEqual({ name: 'web' });
});
