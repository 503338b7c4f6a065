import { expect, test } from 'vitest';
import { listed } from './listed.ts';

const part = (share: string, n: number) => ({
  share,
  uid: 'u',
  id: `${n}`,
  name: `${share}.${n}`,
  bytes: 1,
  atMs: n,
});
const many = (share: string, from: number, count: number) =>
  Array.from({ length: count }, (_, n) => part(share, from + n));

test('no ServiceAccount takes those of another out of the list, however many it has', () => {
  const { parts, leftOut } = listed([part('quiet', 0), ...many('loud', 1, 10_000), part('quiet', 20_000)]);
  expect(parts.filter(({ share }) => share === 'quiet')).toHaveLength(2);
  expect([parts.length, leftOut]).toEqual([4098, 10_000 - 4096]);
});

test('of one the newest are listed, the oldest first', () => {
  const { parts } = listed(many('loud', 0, 5000));
  expect([parts[0]?.atMs, parts.at(-1)?.atMs]).toEqual([5000 - 4096, 4999]);
});
