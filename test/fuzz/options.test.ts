import { expect, test } from 'vitest';
import { readOptions, UsageError } from './options.ts';

test('what is left out has a default; the seed is a new one', () => {
  expect(readOptions([], 7)).toEqual({ seconds: 60, seed: 7, json: false });
  expect(readOptions(['--seconds', '5', '--seed=4294967295', '--json'], 7)).toEqual({
    seconds: 5,
    seed: 4294967295,
    json: true,
  });
  expect(readOptions(['--json', '--help'], 7)).toBe('help');
});

test.each([
  [['--seconds', '0']],
  [['--seconds', '-1']],
  [['--seconds', '1.5']],
  [['--seconds', '999999']],
  [['--seed', '4294967296']],
  [['--seed', 'x']],
  [['--seed']],
  [['--cases', '5']],
  [['5']],
])('%j is a mistake of whoever typed it', (argv) => {
  expect(() => readOptions(argv, 7)).toThrow(UsageError);
});
