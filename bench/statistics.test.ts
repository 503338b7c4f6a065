import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile, spread, summarize } from './statistics.ts';

test('the median of an odd and of an even number of values', () => {
  expect(summarize([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
  expect(summarize([4, 1, 2, 3])).toEqual({ median: 2.5, least: 1, most: 4 });
});

test('values are compared as numbers and left in their order', () => {
  const values = [10, 9, 100];
  expect(summarize(values).median).toBe(10);
  expect(values).toEqual([10, 9, 100]);
});

test('the spread is half the range as a share of the median', () => {
  expect(spread(summarize([90, 100, 120]))).toBeCloseTo(0.15);
  expect(spread(summarize([7]))).toBe(0);
});

test('percentiles by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile(hundred.slice(0, 10), 0.99)).toBe(10);
  expect(percentile([5], 0)).toBe(5);
});

test('of no value there is no summary', () => {
  expect(() => summarize([])).toThrow(RangeError);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

test('every summary lies within its values', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1 }), (values) => {
      const { median, least, most } = summarize(values);
      expect(least).toBe(Math.min(...values));
      expect(most).toBe(Math.max(...values));
      expect(median >= least && median <= most).toBe(true);
      expect(values).toContain(percentile(values, 0.99));
    }),
  );
});
