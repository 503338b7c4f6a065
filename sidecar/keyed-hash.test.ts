import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyedHash } from './keyed-hash.ts';

const key = Buffer.alloc(32, 7);

test('is SHA-512/256 of key and text', () => {
  const expected = createHash('sha512-256')
    .update(`${key.toString('hex')}a é`)
    .digest('hex');
  expect(keyedHash(key)('a é')).toBe(expected);
});

test('is another for another key or text, and long enough for a sentinel', () => {
  const hashes = [keyedHash(key)('a'), keyedHash(key)('b'), keyedHash(Buffer.alloc(32, 8))('a')];
  expect(new Set(hashes).size).toBe(3);
  for (const it of hashes) expect(it).toMatch(/^[0-9a-f]{64}$/);
});
