import { expect, test } from 'vitest';
import { readListOptions } from './list-options.ts';

test.each([
  ['1', true],
  ['true', true],
  ['', true],
  ['yes', true],
  ['0', false],
  ['false', false],
  ['FALSE', false],
  ['00', true],
])('reads watch=%j as %j', (value, watch) => {
  expect(readListOptions([['watch', value]])).toEqual({ kind: 'listOptions', watch, name: undefined });
});

test('refuses a watch that Go would fold into "false" and others not', () => {
  expect(readListOptions([['watch', 'falſe']]).kind).toBe('malformed');
});

test.each(['500', '-1', '+0', '0009', '9223372036854775807', '-9223372036854775808'])(
  'takes limit=%s',
  (limit) => {
    expect(readListOptions([['limit', limit]]).kind).toBe('listOptions');
  },
);

test.each(['x', '', '1.0', '0x10', '1_000', ' 1', '9223372036854775808', '-9223372036854775809', '1e3'])(
  'refuses %j as limit and timeoutSeconds, which would lose the fieldSelector',
  (value) => {
    for (const option of ['limit', 'timeoutSeconds'])
      expect(
        readListOptions([
          ['fieldSelector', 'metadata.name=a'],
          [option, value],
        ]).kind,
      ).toBe('malformed');
  },
);

test('refuses a labelSelector or a fieldSelector that cannot be read', () => {
  expect(readListOptions([['labelSelector', 'a b']]).kind).toBe('malformed');
  expect(readListOptions([['fieldSelector', 'a']]).kind).toBe('malformed');
});
