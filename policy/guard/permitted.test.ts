// What is permitted is what the live rules that cover the write name, added up.
import { describe, expect, test } from 'vitest';
import { entitlementsOf, grantOf, policyOf, revealTls } from '../fixtures.ts';
import type { PodSpecPermits } from '../kinds/pod-spec.ts';
import type { Rule } from '../kinds/rule.ts';
import { permittedFor, type WorkloadWrite } from './permitted.ts';

const rule = (podSpec: PodSpecPermits, more: Partial<Rule> = {}): Rule => ({
  namespaces: ['shop'],
  apiGroups: ['apps'],
  resources: ['deployments'],
  verbs: ['create', 'patch'],
  podSpec,
  ...more,
});
const write: WorkloadWrite = {
  operation: 'CREATE',
  apiGroup: 'apps',
  resource: 'deployments',
  subresource: undefined,
  namespace: 'shop',
  name: 'web',
};
/** Ends at 30 000, before the lease does. */
const SHORT = grantOf({}, { expiresAt: '2026-01-01T00:00:30Z' });

const policy = (rules: readonly Rule[], more: object = {}) =>
  policyOf({
    standing: { lifetime: '8h', rules },
    scopes: [
      { name: 'read-web-tls', maxDuration: '10m', rules: [revealTls, rule({ capabilities: ['NET_RAW'] })] },
    ],
    ...more,
  });
const permitted = (
  rules: readonly Rule[],
  asked: Partial<WorkloadWrite> = {},
  nowMs = 1,
  more: object = {},
) =>
  permittedFor(
    { ...write, ...asked },
    entitlementsOf({ policies: [policy(rules, more)], grants: [SHORT] }),
    { namespace: 'agents', serviceAccount: 'bot' },
    nowMs,
  );

test('rules add up', () => {
  const { mayUse, hostPaths, privileged, serviceAccountNames } = permitted([
    rule({ secrets: ['a'], hostPaths: ['/a'] }),
    rule({ secrets: ['b'], privileged: true }),
  ]);
  expect([...'abc'].filter(mayUse)).toEqual(['a', 'b']);
  expect([[...hostPaths], privileged, serviceAccountNames.size]).toEqual([['/a'], true, 0]);
});

describe('a rule counts for', () => {
  const rules = [
    rule({ secrets: ['created'] }, { verbs: ['create'] }),
    rule({ secrets: ['changed'] }, { verbs: ['patch'] }),
    rule({ secrets: ['named'] }, { resourceNames: ['web'] }),
    rule({ secrets: ['elsewhere'] }, { namespaces: ['other'] }),
    rule({ secrets: ['of-jobs'] }, { apiGroups: ['batch'], resources: ['jobs'] }),
  ];
  const all = rules.flatMap(({ podSpec }) => podSpec?.secrets ?? []);
  test.each<[string, Partial<WorkloadWrite>, string[]]>([
    ['a create', {}, ['created', 'named']],
    ['an update, by whichever verb', { operation: 'UPDATE' }, ['changed', 'named']],
    ['another object', { name: 'api' }, ['created']],
    ['one that has no name yet', { name: undefined }, ['created']],
    ['another namespace', { namespace: 'other' }, ['elsewhere']],
    ['another kind', { apiGroup: 'batch', resource: 'jobs' }, ['of-jobs']],
    ['a subresource', { subresource: 'scale' }, []],
  ])('%s', (_, asked, secrets) => {
    expect(all.filter(permitted(rules, asked).mayUse)).toEqual(secrets);
  });
});

test('a rule that reveals a Secret permits it in its namespace, for as long as it is live', () => {
  const at = (asked: Partial<WorkloadWrite>, nowMs?: number) =>
    permitted([rule({})], asked, nowMs).mayUse('web-tls');
  expect([at({}), at({ namespace: 'other' }), at({}, 30_000)]).toEqual([true, false, false]);
});

test('what has ended permits nothing, and neither does an old lease', () => {
  expect([...permitted([rule({})], {}, 1).capabilities]).toEqual(['NET_RAW']);
  expect([...permitted([rule({})], {}, 30_000).capabilities]).toEqual([]);
  expect(permitted([rule({ privileged: true })], {}, 60_000).privileged).toBe(false);
});

test('a Secret that must never be read is not mounted either', () => {
  const never = [
    { namespaces: ['shop'], apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['a'] },
  ];
  const { mayUse } = permitted([rule({ secrets: ['a', 'b'] })], {}, 1, { never });
  expect([mayUse('a'), mayUse('b')]).toEqual([false, true]);
});

test("the agent's own ServiceAccount is its own in its namespace alone; no policy permits nothing", () => {
  expect(permitted([rule({})], { namespace: 'agents' }).ownServiceAccount).toBe('bot');
  expect(permitted([rule({})]).ownServiceAccount).toBeUndefined();
  const none = permittedFor(write, entitlementsOf({ policies: [] }), undefined, 1);
  expect([none.mayUse('a'), none.privileged, none.ownServiceAccount]).toEqual([false, false, undefined]);
});
