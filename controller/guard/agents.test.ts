// Who asks and what that agent may do, where the caches and the API server say it and where they do not.
import { expect, test } from 'vitest';
import { grantOf, policyOf } from '../../policy/fixtures.ts';
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { KubeApi } from '../kube/api.ts';
import { type AgentFactsDeps, agentFacts } from './agents.ts';

const own = {
  apiGroups: ['apps'],
  resources: ['deployments'],
  verbs: ['create' as const],
  namespaces: ['shop'],
};
const policy = policyOf({
  standing: { lifetime: '8h', rules: [own] },
  scopes: [{ name: 'read-web-tls', maxDuration: '10m', rules: [own] }],
});
policy.metadata.uid = 'policy-1';
const live = grantOf({}, { expiresAt: new Date(Date.now() + 300_000).toISOString() });

interface Given {
  readonly policies?: readonly AgentPolicy[];
  readonly later?: readonly AgentPolicy[];
  readonly pod?: object | undefined;
  readonly startMs?: number | undefined;
  readonly stands?: boolean;
  readonly provenAgoMs?: number;
  readonly refreshed?: 'listed' | 'failed';
  readonly onRefresh?: () => void;
}

function facts(given: Given = {}) {
  let policies = given.policies ?? [policy];
  const cache = <T>(values: () => readonly T[]) => ({
    all: () =>
      values().map((value) => ({
        object: { metadata: { name: 'x' } },
        read: { kind: 'valid' as const, value },
      })),
    resourceVersion: () => '1',
    provenAtMs: () => performance.now() - (given.provenAgoMs ?? 0),
    filled: Promise.resolve(),
    refresh: async () => {
      given.onRefresh?.();
      policies = given.later ?? policies;
      return given.refreshed ?? 'listed';
    },
    stop: async () => {},
  });
  const pod =
    'pod' in given
      ? given.pod
      : { metadata: { name: 'triage-5d9c', namespace: 'agents', uid: '0b9f' }, status: { phase: 'Running' } };
  const deps: AgentFactsDeps = {
    kube: {
      call: async () => (pod ? { kind: 'done', object: pod } : { kind: 'absent' }),
    } as unknown as KubeApi,
    sources: {
      policies: cache(() => policies),
      grants: cache(() => [live]),
      controlRoots: () => 'PEM',
      systemNamespace: 'chaperone-system',
      isGuarded: () => true,
    },
    standing: { knownStart: () => ('startMs' in given ? given.startMs : Date.now() - 1000) },
    proof: { stands: () => given.stands ?? true },
  };
  return agentFacts(deps);
}

const extra = {
  'authentication.kubernetes.io/pod-name': ['triage-5d9c'],
  'authentication.kubernetes.io/pod-uid': ['0b9f'],
};
const bot = { username: 'system:serviceaccount:agents:triage-bot', extra };

/** Whether the Grant and the standing rules hold; or who it is. */
async function held(given: Given = {}, user: object = bot) {
  const asking = await facts(given).askedBy(user as typeof bot);
  if (asking.kind !== 'agent') return asking.kind;
  const { held } = asking.entitlements;
  if (held.kind !== 'policy') return held.kind;
  return held.holdings.entries.filter(({ until }) => asking.nowMs < until).map(({ source }) => source);
}

test('an agent holds what its policy and its Grants give its pod', async () => {
  expect(await held()).toEqual(['standing', 'grant'].sort());
});

test.each<[string, Given, object]>([
  ['without a pod', {}, { username: bot.username }],
  ['whose pod is gone', { pod: undefined }, bot],
  [
    'whose pod has another UID',
    {},
    { ...bot, extra: { ...extra, 'authentication.kubernetes.io/pod-uid': ['1'] } },
  ],
])('one %s holds nothing', async (_, given, user) => {
  expect(await held(given, user)).toEqual([]);
});

test('a standing lifetime of which nothing is known has ended', async () => {
  expect(await held({ startMs: undefined })).toEqual(['grant']);
});

test.each(['jane', 'system:serviceaccount:agents:other', 'system:serviceaccount:kube-system:job-controller'])(
  '%s is no agent',
  async (username) => {
    expect(await held({}, { username })).toBe('other');
  },
);

test('who is governed since a moment ago is an agent', async () => {
  const provenAgoMs = 1_500;
  expect(await held({ policies: [], later: [policy], provenAgoMs })).toContain('grant');
  expect(await held({ policies: [], refreshed: 'failed', provenAgoMs })).toBe('unproven');
});

test('who is not governed waits until policies may be listed anew, and has them listed', async () => {
  let lists = 0;
  const onRefresh = () => {
    lists += 1;
  };
  const startedMs = performance.now();
  expect(await held({ policies: [], later: [policy], provenAgoMs: 500, onRefresh })).toContain('grant');
  // Timers may come a millisecond early.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(498);
  expect(await held({ policies: [], provenAgoMs: 1_500, onRefresh })).toBe('other');
  expect(lists).toBe(2);
});

test('two policies that name it give nothing', async () => {
  expect(await held({ policies: [policy, policyOf({}, 'second')] })).toBe('conflict');
});

test('a replica that cannot prove what it holds does not say', async () => {
  expect(await held({ stands: false })).toBe('unproven');
  expect(await held({ provenAgoMs: 60_000 })).toBe('unproven');
});
