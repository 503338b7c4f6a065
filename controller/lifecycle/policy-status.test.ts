import { expect, test } from 'vitest';
import { NOW_EPOCH_MS, policyOf } from '../../policy/fixtures.ts';
import { parseAgentPolicy } from '../../policy/kinds/parse.ts';
import { policyConditions } from './policy-status.ts';

const facts = { generation: 2, nowEpochMs: NOW_EPOCH_MS };
const valid = { kind: 'valid', value: policyOf() } as const;

test('a policy that is understood and alone is Accepted, once', () => {
  const conditions = policyConditions([], valid, [policyOf()], facts);
  expect(conditions).toMatchObject([
    { type: 'Accepted', status: 'True', reason: 'Valid', observedGeneration: 2 },
  ]);
  expect(policyConditions(conditions, valid, [policyOf()], { ...facts, nowEpochMs: NOW_EPOCH_MS + 1 })).toBe(
    conditions,
  );
  expect(parseAgentPolicy({ ...policyOf(), status: { conditions } }).kind).toBe('valid');
});

test('one that is not understood says which field, and since when', () => {
  const invalid = parseAgentPolicy({ ...policyOf(), spec: { ...policyOf().spec, extra: 1 } });
  const before = policyConditions([], valid, [], facts);
  const later = { generation: 3, nowEpochMs: NOW_EPOCH_MS + 5000 };
  expect(policyConditions(before, invalid, [], later)).toMatchObject([
    {
      status: 'False',
      reason: 'Invalid',
      message: expect.stringContaining('spec.extra'),
      lastTransitionTime: '2026-01-01T00:00:05Z',
    },
  ]);
});

test('two that name one ServiceAccount are in Conflict, each naming the other', () => {
  const conditions = policyConditions([], valid, [policyOf(), policyOf({}, 'second')], facts);
  expect(conditions).toMatchObject([{ status: 'False', reason: 'Conflict' }]);
  expect(conditions[0]?.message).toMatch(/AgentPolicy second names ServiceAccount triage-bot too/);
});

test('one that is going away is no conflict', () => {
  const going = policyOf({}, 'second');
  going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  expect(policyConditions([], valid, [going], facts)).toMatchObject([{ status: 'True' }]);
});
