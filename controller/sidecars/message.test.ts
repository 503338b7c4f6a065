import { expect, test } from 'vitest';
import { grantOf, NOW_EPOCH_MS, policyOf } from '../../policy/fixtures.ts';
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import type { Parsed } from '../../policy/kinds/parse-strictly.ts';
import type { Cache } from '../kube/cache.ts';
import type { SeenAgent } from './agent.ts';
import { messageFor, type Sources, standingPolicy } from './message.ts';

const NOW_MS = 500_000;
const now = { monotonicMs: NOW_MS, epochMs: NOW_EPOCH_MS };

function cacheOf<T>(values: readonly Parsed<T>[], resourceVersion: string): Cache<Parsed<T>> {
  return {
    all: () => values.map((read) => ({ object: { metadata: { name: 'x' } }, read })),
    resourceVersion: () => resourceVersion,
    provenAtMs: () => NOW_MS,
    filled: Promise.resolve(),
    refresh: async () => 'listed',
    stop: async () => {},
  };
}

const valid = <T>(value: T) => ({ kind: 'valid', value }) as const;
const policy = policyOf();
policy.metadata.uid = 'policy-1';

const sources = (
  policies: readonly Parsed<AgentPolicy>[],
  grants: readonly Parsed<Grant>[] = [],
): Sources => ({
  policies: cacheOf(policies, '20'),
  grants: cacheOf(grants, '30'),
  controlRoots: () => 'PEM',
  systemNamespace: 'chaperone-system',
  isGuarded: (namespace) => namespace === 'agents',
});

const agent: SeenAgent = {
  kind: 'living',
  namespace: 'agents',
  serviceAccount: 'triage-bot',
  pod: 'triage-5d9c',
  uid: '0b9f',
  workloads: [{ uid: 'w', text: 'Deployment agents/triage' }],
  seenAtMs: NOW_MS,
};
const started = { policyUid: 'policy-1', atEpochMs: NOW_EPOCH_MS - 3_600_000 };

test('says what the agent may do, and from which lists', () => {
  const message = messageFor(agent, started, sources([valid(policy)], [valid(grantOf())]), now);
  expect(message).toMatchObject({
    policyResourceVersion: '20',
    grantsResourceVersion: '30',
    snapshot: {
      leaseMs: 60_000,
      held: { kind: 'policy', standing: { remainingMs: 7 * 3_600_000 }, grants: [{ remainingMs: 300_000 }] },
    },
  });
});

test('gives no standing time until it is known when it began, or for a policy that was made anew', () => {
  for (const known of [undefined, { ...started, policyUid: 'policy-0' }]) {
    const message = messageFor(agent, known, sources([valid(policy)]), now);
    expect(message?.snapshot.held).toMatchObject({ standing: { remainingMs: 0 } });
  }
});

test('gives a pod that is gone nothing', () => {
  const message = messageFor(
    { ...agent, kind: 'gone' },
    started,
    sources([valid(policy)], [valid(grantOf())]),
    now,
  );
  expect(message?.snapshot.held).toEqual({ kind: 'none' });
});

test('gives nothing from what the strict schema does not understand', () => {
  const broken = { kind: 'invalid', field: 'spec', why: 'is missing' } as const;
  expect(messageFor(agent, started, sources([broken]), now)?.snapshot.held).toEqual({ kind: 'none' });
});

test('says nothing at all while the lists are old', () => {
  const later = { ...now, monotonicMs: NOW_MS + 10_001 };
  expect(messageFor(agent, started, sources([valid(policy)]), later)).toBeUndefined();
});

test('of two policies neither has a standing lifetime that counts', () => {
  expect(standingPolicy(agent, sources([valid(policy)]))).toBe(policy);
  expect(standingPolicy(agent, sources([valid(policy), valid(policyOf({}, 'second'))]))).toBeUndefined();
});
