import { expect, test } from 'vitest';
import { factsOf, policyOf } from '../../policy/fixtures.ts';
import { takeSnapshot } from '../../policy/take-snapshot.ts';
import { createHeldEntitlements } from '../../sidecar/held-entitlements.ts';
import { countHere } from './count-here.ts';

test('counts in the process, by the budgets of the moment', async () => {
  let nowMs = 0;
  const held = createHeldEntitlements({ monotonicMs: () => nowMs, wallMs: () => nowMs });
  const take = (max: number) => {
    const policies = [policyOf({ budgets: [{ verbs: ['delete'], max, per: '10s' }] })];
    held.take(takeSnapshot(factsOf({ policies })), nowMs);
  };
  const count = countHere(held, () => nowMs);
  const ask = { auditId: 'id', verb: 'delete' as const };
  take(1);
  expect(await count(ask)).toEqual({ kind: 'spent' });
  nowMs = 4000;
  const budget = { verbs: ['delete'], max: 1, per: '10s' };
  expect(await count(ask)).toEqual({ kind: 'exhausted', index: 0, freeInMs: 6000, budget });
  expect(await count({ ...ask, verb: 'patch' })).toEqual({ kind: 'spent' });
  take(2);
  expect(await count(ask)).toEqual({ kind: 'spent' });
  nowMs = 10_000;
  expect(await count(ask)).toEqual({ kind: 'spent' });
});
