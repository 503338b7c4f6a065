import { expect, test } from 'vitest';
import { HELP, readOptions } from './options.ts';

test('is 100,000 cases from a fresh seed unless told otherwise', () => {
  const options = readOptions([]);
  expect(options).toMatchObject({ cases: 100_000, json: false });
  expect(readOptions([])).not.toEqual(options);
  expect(readOptions(['--cases', '7', '--seed=0', '--json'])).toEqual({ cases: 7, seed: 0, json: true });
  expect(readOptions(['--help'])).toBe('help');
});

test.each([
  [['--cases', '0'], '--cases: "0" is not a whole number from 1 to 1000000'],
  [['--cases', '1e5'], '--cases: "1e5" is not'],
  [['--cases=-1'], '--cases: "-1" is not'],
  [['--seed', '2147483648'], '--seed: "2147483648" is not'],
  [['--seed', ''], '--seed: "" is not'],
  [['--case', '1'], "Unknown option '--case'"],
  [['1'], 'Unexpected argument'],
])('refuses %j in one line', (argv, message) => {
  expect(() => readOptions(argv)).toThrow(message);
  expect(() => readOptions(argv)).not.toThrow(/\n/);
});

test('the help fits a terminal', () => {
  for (const line of HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});
