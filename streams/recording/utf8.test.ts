import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unfinished } from './utf8.ts';

const text = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff))
  .map((codes) => String.fromCodePoint(...codes));

test('what a cut has split is left for the next piece, and nothing else is', () => {
  fc.assert(
    fc.property(text, fc.nat(), (whole, at) => {
      const bytes = Buffer.from(whole);
      const cut = bytes.subarray(0, at % (bytes.length + 1));
      const left = unfinished(cut);
      expect(left).toBeLessThan(4);
      const kept = cut.subarray(0, cut.length - left);
      expect(isUtf8(kept)).toBe(true);
      expect(whole.startsWith(kept.toString())).toBe(true);
    }),
  );
});
