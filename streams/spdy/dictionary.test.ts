import { expect, test } from 'vitest';
import { DICTIONARY, DICTIONARY_ID } from './dictionary.ts';

test('the dictionary is the one that its Adler-32 names', () => {
  let low = 1;
  let high = 0;
  for (const byte of DICTIONARY) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  expect(high * 65536 + low).toBe(DICTIONARY_ID);
  expect(DICTIONARY).toHaveLength(1423);
});
