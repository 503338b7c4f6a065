import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_DURATION_MS, parseDuration } from './duration.ts';

test.each([
  ['1s', 1000],
  ['90s', 90_000],
  ['10m', 600_000],
  ['8h', 28_800_000],
  ['1h30m5s', 5_405_000],
  ['168h', MAX_DURATION_MS],
])('reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '0s',
  '0h0m',
  '10',
  '10 m',
  '-10m',
  '+1m',
  '1.5h',
  '1m1h',
  '1d',
  '500ms',
  '10M',
  '1h\n',
  '168h1s',
  '9999999h',
  '1e3s',
  '١s',
])('refuses %j', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('never answers with what a timer could not wait for', () => {
  fc.assert(
    fc.property(fc.nat(999_999), fc.nat(999_999), fc.nat(999_999), (h, m, s) => {
      const ms = parseDuration(`${h}h${m}m${s}s`);
      expect(ms === undefined || (ms > 0 && ms < 2 ** 31)).toBe(true);
    }),
  );
});
