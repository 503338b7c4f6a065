import { expect, test } from 'vitest';
import { isWhole } from './identity.ts';
import { selfSigned } from './test-tls.ts';

const one = selfSigned();
const other = selfSigned();

test('a certificate and key of one renewal are served again after a crash', () => {
  expect(isWhole(one.chain, one.key)).toBe(true);
});

test('those of two, between whose writing the sidecar was killed, are not', () => {
  expect(isWhole(one.chain, other.key)).toBe(false);
});
