import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spelling } from './recording-spelling.ts';

test('a byte order mark is a character like others', () => {
  expect(spelling.textOf(Buffer.from('\ufeffa'))).toBe('\ufeffa');
});

test('the character that stands for what is none may itself be said', () => {
  expect(spelling.textOf(Buffer.from('a\ufffd'))).toBe('a\ufffd');
});

test.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf5, 0x80, 0x80, 0x80]]])(
  'what is not UTF-8 is no text: %j',
  (bytes) => {
    expect(spelling.textOf(Uint8Array.from(bytes))).toBeUndefined();
  },
);

test('base64 is what everybody takes it for', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(spelling.base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});
