import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { printWritten } from './print.ts';

const MIB = 1024 * 1024;
const print = (value: unknown, yaml: boolean, limitBytes = MIB) => {
  const bytes = printWritten({ value, yaml }, limitBytes);
  return bytes && new TextDecoder('utf-8', { fatal: true }).decode(bytes);
};

test('JSON is printed as JSON', () => {
  expect(print({ a: ['\u0085', 1] }, false)).toBe('{"a":["\u0085",1]}');
});

test('what a reader of YAML could fold or refuse is escaped for it', () => {
  const value = { 'a\u2028': 'b\u0085c\u2029d\ufeffe\u007ff\u009f\uffff\ufffe\u00a0é😀' };
  expect(print(value, true)).toBe(
    '{"a\\u2028":"b\\u0085c\\u2029d\\ufeffe\\u007ff\\u009f\\uffff\\ufffe\u00a0é😀"}',
  );
});

test('as JSON and as YAML it says the same', () => {
  const text = fc.string({ unit: 'binary' }).filter((it) => it.isWellFormed());
  fc.assert(
    fc.property(
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        fc.oneof(text, fc.integer(), fc.array(text)),
      ),
      (value) => {
        const printed = print(value, true) ?? '';
        expect(JSON.parse(printed)).toEqual({ ...value });
        expect(parse(printed, { version: '1.1', schema: 'json' })).toEqual({ ...value });
      },
    ),
  );
});

test('what is long is printed the same, wherever it was cut', () => {
  for (const shift of ['', 'a', 'ab'])
    for (const long of ['😀', '\u0085', 'é\u2028😀'])
      expect(JSON.parse(print(shift + long.repeat(40_000), true) ?? '')).toBe(shift + long.repeat(40_000));
});

test('it is held to its bound in bytes, to which an escape has six', () => {
  expect(print('é'.repeat(4), false, 10)).toBe('"éééé"');
  expect(print('é'.repeat(4), false, 9)).toBeUndefined();
  expect(print('\u007f'.repeat(3), true, 20)).toBe('"\\u007f\\u007f\\u007f"');
  expect(print('\u007f'.repeat(3), true, 19)).toBeUndefined();
});
