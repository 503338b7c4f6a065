import { expect, test } from 'vitest';
import { MAX_LEASE_MS } from '../../policy/snapshot.ts';
import { leaseOf, PROVEN_WITHIN_MS } from './lease.ts';

const NOW = 1_000_000;

test('counts from the oldest of its proofs', () => {
  expect(leaseOf({ policiesMs: NOW, grantsMs: NOW, podMs: NOW }, NOW)).toBe(MAX_LEASE_MS);
  expect(leaseOf({ policiesMs: NOW - 3000, grantsMs: NOW, podMs: NOW }, NOW)).toBe(MAX_LEASE_MS - 3000);
  expect(leaseOf({ policiesMs: NOW, grantsMs: NOW - 4000, podMs: NOW - 20_000 }, NOW)).toBe(
    MAX_LEASE_MS - 20_000,
  );
});

test.each(['policiesMs', 'grantsMs'] as const)('is not given while %s is more than 10 s old', (proof) => {
  const fresh = { policiesMs: NOW, grantsMs: NOW, podMs: NOW };
  expect(leaseOf({ ...fresh, [proof]: NOW - PROVEN_WITHIN_MS }, NOW)).toBe(MAX_LEASE_MS - PROVEN_WITHIN_MS);
  expect(leaseOf({ ...fresh, [proof]: NOW - PROVEN_WITHIN_MS - 1 }, NOW)).toBeUndefined();
});

test('is not given before the first list, nor for a pod last seen a lease ago', () => {
  expect(leaseOf({ policiesMs: Number.NEGATIVE_INFINITY, grantsMs: NOW, podMs: NOW }, NOW)).toBeUndefined();
  expect(leaseOf({ policiesMs: NOW, grantsMs: NOW, podMs: NOW - MAX_LEASE_MS }, NOW)).toBeUndefined();
});
