import { expect, test } from 'vitest';
import { factsOf, grantOf, policyOf, readPods, revealTls } from './fixtures.ts';
import { MAX_GRANTS, Snapshot } from './snapshot.ts';
import { type Facts, takeSnapshot } from './take-snapshot.ts';

const held = (facts: Partial<Facts>) => {
  const snapshot = takeSnapshot(factsOf(facts));
  expect(Snapshot.parse(JSON.parse(JSON.stringify(snapshot)))).toEqual(snapshot);
  return snapshot.held;
};
const grants = (facts: Partial<Facts>) => {
  const holds = held(facts);
  return holds.kind === 'policy' ? holds.grants : undefined;
};

test('holds the standing rules for what remains of them, and the Grant for what remains of it', () => {
  expect(held({ grants: [grantOf()] })).toEqual({
    kind: 'policy',
    name: 'triage',
    standing: { remainingMs: 3_600_000, rules: [readPods] },
    scopes: [{ name: 'read-web-tls', maxDuration: '10m', rules: [revealTls] }],
    grants: [
      {
        name: 'triage-7f2',
        task: 'INC-4711 renew the shop certificate',
        scope: 'read-web-tls',
        remainingMs: 300_000,
        rules: [revealTls],
      },
    ],
  });
});

test('holds the mode that the policy says', () => {
  for (const mode of ['Enforce', 'Observe'])
    expect(held({ policies: [policyOf({ mode })] })).toMatchObject({ mode });
  expect(held({})).not.toHaveProperty('mode');
});

test('never holds standing rules beyond their lifetime, nor below nothing', () => {
  expect(held({ standingRemainingMs: 1e12 })).toMatchObject({ standing: { remainingMs: 28_800_000 } });
  for (const standingRemainingMs of [-1, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
    expect(held({ standingRemainingMs })).toMatchObject({ standing: { remainingMs: 0 } });
});

test('holds nothing without a policy, or with one that is being deleted, or of another namespace or agent', () => {
  const policy = policyOf();
  const gone = { ...policy, metadata: { ...policy.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  const elsewhere = { ...policy, metadata: { ...policy.metadata, namespace: 'other' } };
  const others = policyOf({ agents: { serviceAccounts: ['other'] } });
  expect(held({ policies: [] })).toEqual({ kind: 'none' });
  expect(held({ policies: [gone, elsewhere, others], grants: [grantOf()] })).toEqual({ kind: 'none' });
});

test('holds nothing where two policies govern one agent', () => {
  expect(held({ policies: [policyOf({}, 'a'), policyOf({}, 'b')] })).toEqual({
    kind: 'conflict',
    policies: ['a', 'b'],
  });
});

test('never holds a Grant for longer than its duration, whatever its status says', () => {
  expect(grants({ grants: [grantOf({}, { expiresAt: '2036-01-01T00:00:00Z' })] })).toMatchObject([
    { remainingMs: 600_000 },
  ]);
});

test('holds a Grant that has ended with nothing remaining, so that a refusal can name it', () => {
  expect(grants({ grants: [grantOf({}, { phase: 'Ended' })] })).toMatchObject([{ remainingMs: 0 }]);
  expect(grants({ grants: [grantOf({}, { expiresAt: '2025-01-01T00:00:00Z' })] })).toMatchObject([
    { remainingMs: 0 },
  ]);
});

test.each([
  ['of another pod', grantOf({ pod: { name: 'other', uid: '0b9f' } })],
  ['of an earlier pod of the same name', grantOf({ pod: { name: 'triage-5d9c', uid: 'aaaa' } })],
  ['of another policy', grantOf({ policy: 'other' })],
  ['beyond its scope', grantOf({ rules: [readPods] })],
  ['longer than its scope', grantOf({ duration: '1h' })],
  ['that was refused', grantOf({}, { phase: 'Refused' })],
  ['without a phase', { ...grantOf(), status: { expiresAt: '2026-01-01T00:05:00Z' } }],
  ['without an end', { ...grantOf(), status: { phase: 'Active' as const } }],
  ['without a status', { ...grantOf(), status: undefined }],
  [
    'that is being deleted',
    { ...grantOf(), metadata: { name: 'a', namespace: 'agents', deletionTimestamp: 'x' } },
  ],
  ['of another namespace', { ...grantOf(), metadata: { name: 'a', namespace: 'other' } }],
])('does not hold a Grant %s', (_, grant) => {
  expect(grants({ grants: [grant] })).toEqual([]);
});

test('keeps the Grants that end last when there are too many', () => {
  const many = Array.from({ length: MAX_GRANTS + 6 }, (_, at) => {
    const grant = grantOf(
      {},
      { expiresAt: new Date(Date.parse('2026-01-01T00:00:00Z') + at * 1000).toISOString() },
    );
    return { ...grant, metadata: { name: `g-${at}`, namespace: 'agents' } };
  });
  const kept = grants({ grants: many });
  expect(kept).toHaveLength(MAX_GRANTS);
  expect(kept?.[0]?.name).toBe(`g-${MAX_GRANTS + 5}`);
});
