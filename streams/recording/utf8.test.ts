import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Of, textOf, unfinished } from './utf8.ts';

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
      const kept = textOf(cut.subarray(0, cut.length - left));
      expect(kept).toBeDefined();
      expect(Buffer.from(kept ?? '').toString()).toBe(kept);
      expect(whole.startsWith(kept ?? 'x')).toBe(true);
    }),
  );
});

test('a byte order mark is a character like others', () => {
  expect(textOf(Buffer.from('\ufeffa'))).toBe('\ufeffa');
});

test('the character that stands for what is none may itself be said', () => {
  expect(textOf(Buffer.from('a\ufffd'))).toBe('a\ufffd');
});

test.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf5, 0x80, 0x80, 0x80]]])(
  'what is not UTF-8 is no text: %j',
  (bytes) => {
    expect(textOf(Uint8Array.from(bytes))).toBeUndefined();
  },
);

test('base64 is what everybody takes it for', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});
