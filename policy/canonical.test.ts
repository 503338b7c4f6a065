import { expect, test } from 'vitest';
import { printTarget } from './canonical.ts';

test('prints the root as a slash', () => {
  expect(printTarget([], [])).toBe('/');
});

test('prints a slash after the last segment where one was', () => {
  expect(printTarget(['version'], [['a', 'b']], true)).toBe('/version/?a=b');
});

test('keeps the colon of RBAC names and encodes what a path or a query could be cut at', () => {
  expect(printTarget(['apis', 'system:node', 'a?b'], [])).toBe('/apis/system:node/a%3Fb');
  expect(printTarget(['x'], [['a&b', 'c=d e+f']])).toBe('/x?a%26b=c%3Dd%20e%2Bf');
});

test('prints a parameter without a value with its equals sign', () => {
  expect(printTarget(['x'], [['watch', '']])).toBe('/x?watch=');
});
