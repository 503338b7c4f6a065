import { expect, test } from 'vitest';
import { grantOf, NOW_EPOCH_MS, policyOf, readPods } from '../../policy/fixtures.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import { parseGrant } from '../../policy/kinds/parse.ts';
import { grantStatus, type Surroundings } from './grant-status.ts';

const valid = (grant: Grant) => ({ kind: 'valid', value: grant }) as const;
const around: Surroundings = {
  policy: policyOf(),
  pod: 'living',
  createdMs: NOW_EPOCH_MS,
  nowEpochMs: NOW_EPOCH_MS + 1000,
};
const fresh = (spec: object = {}, changed: Partial<Surroundings> = {}) =>
  grantStatus(valid(grantOf(spec)), {}, { ...around, ...changed });

test('a Grant is Active from its creation for its duration', () => {
  const status = fresh();
  expect(status).toMatchObject({ phase: 'Active', expiresAt: '2026-01-01T00:10:00Z' });
  expect(parseGrant({ ...grantOf(), status })).toMatchObject({ kind: 'valid' });
});

test('judged again it stays as it is, to the byte', () => {
  const status = fresh();
  expect(grantStatus(valid(grantOf()), status, { ...around, nowEpochMs: NOW_EPOCH_MS + 60_000 })).toEqual(
    status,
  );
});

test('an end that was once set is never moved', () => {
  const status = fresh();
  const later = { ...around, createdMs: NOW_EPOCH_MS + 3_600_000 };
  expect(grantStatus(valid(grantOf()), status, later).expiresAt).toBe(status.expiresAt);
});

test.each([
  ['its policy is not there', {}, { policy: undefined }, 'NoPolicy'],
  ['its pod is not there', {}, { pod: 'gone' as const }, 'PodGone'],
  ['it lasts longer than its scope', { duration: '11m' }, {}, 'BeyondScope'],
  ['it is wider than its scope', { rules: [readPods] }, {}, 'BeyondScope'],
  ['its scope is not there', { scope: 'nope' }, {}, 'BeyondScope'],
])('is Refused where %s, and Ended where it was Active', (_, spec, changed, reason) => {
  expect(fresh(spec, changed)).toMatchObject({ phase: 'Refused', conditions: [{ status: 'False', reason }] });
  const ended = grantStatus(valid(grantOf(spec)), fresh(), { ...around, ...changed });
  expect(ended).toMatchObject({
    phase: 'Ended',
    conditions: [{ type: 'Accepted' }, { type: 'Ended', reason }],
  });
});

test('is Refused, with the field, where the strict schema does not understand it', () => {
  const invalid = parseGrant({ ...grantOf(), spec: { ...grantOf().spec, taks: 'x' } });
  const status = grantStatus(invalid, {}, around);
  expect(status).toMatchObject({ phase: 'Refused', conditions: [{ reason: 'Invalid' }] });
  expect(status.conditions?.[0]?.message).toContain('spec.taks');
});

test('ends at the moment it expires, and one that was never seen alive ends at once', () => {
  const at = NOW_EPOCH_MS + 600_000;
  expect(grantStatus(valid(grantOf()), fresh(), { ...around, nowEpochMs: at - 1 }).phase).toBe('Active');
  expect(grantStatus(valid(grantOf()), fresh(), { ...around, nowEpochMs: at }).phase).toBe('Ended');
  expect(fresh({}, { nowEpochMs: at })).toMatchObject({ phase: 'Ended', expiresAt: '2026-01-01T00:10:00Z' });
});

test.each(['Ended', 'Refused'] as const)('%s is final', (phase) => {
  const before = { phase, expiresAt: '2026-01-01T00:10:00Z' };
  expect(grantStatus(valid(grantOf()), before, around)).toBe(before);
});
