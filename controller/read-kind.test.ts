import { expect, test } from 'vitest';
import { grantOf, policyOf } from '../policy/fixtures.ts';
import { MAX_SPEC_BYTES, readGrant, readPolicy } from './read-kind.ts';

const large = { field: 'spec', why: 'is larger than 64 KiB as JSON' };

test('reads what is understood', () => {
  expect([readPolicy(policyOf()).kind, readGrant(grantOf()).kind]).toEqual(['valid', 'valid']);
});

test('believes nothing of what is larger than a person writes, and says so', () => {
  const task = 'x'.repeat(MAX_SPEC_BYTES);
  expect(readGrant({ ...grantOf(), spec: { ...grantOf().spec, task } })).toMatchObject(large);
  expect(readPolicy({ ...policyOf(), spec: { ...policyOf().spec, task } })).toMatchObject(large);
});

test.each([undefined, null, 'x', {}, { spec: null }])('takes %j for nothing', (object) => {
  expect([readPolicy(object).kind, readGrant(object).kind]).toEqual(['invalid', 'invalid']);
});
