import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rows } from './rows.ts';

test('each row has the prefix, and none is wider than the terminal', () => {
  expect([...rows('out ', 'a'.repeat(40), 20)]).toEqual([
    `out ${'a'.repeat(16)}`,
    `out ${'a'.repeat(16)}`,
    `out ${'a'.repeat(8)}`,
  ]);
  expect([...rows('out ', '', 20)]).toEqual(['out ']);
});

test('what may be wide counts as wide', () => {
  expect([...rows('', '馬'.repeat(12), 16)]).toEqual(['馬'.repeat(8), '馬'.repeat(4)]);
  expect([...rows('', '\t\t\t', 16)]).toEqual(['\t\t', '\t']);
});

test('nothing of a text is lost, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, columns) => {
      expect([...rows('', text, columns)].join('')).toBe(text);
    }),
  );
});
