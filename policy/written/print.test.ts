import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { printWritten } from './print.ts';

test('JSON is printed as JSON', () => {
  expect(printWritten({ value: { a: ['\u0085', 1] }, yaml: false })).toBe('{"a":["\u0085",1]}');
});

test('what a reader of YAML could fold or refuse is escaped for it', () => {
  const value = { 'a\u2028': 'b\u0085c\u2029d\ufeffe\u007ff\u009f\uffff\ufffe\u00a0é😀' };
  expect(printWritten({ value, yaml: true })).toBe(
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
        const print = printWritten({ value, yaml: true });
        expect(JSON.parse(print)).toEqual({ ...value });
        expect(parse(print, { version: '1.1', schema: 'json' })).toEqual({ ...value });
      },
    ),
  );
});
