import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import { type Policy, receiveSnapshot } from './entitlements.ts';
import { entitlementsOf, factsOf, grantOf, policyOf, readPods, requestOf, revealTls } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';
import { near } from './near.ts';
import { indexed } from './rule-index.ts';
import type { Snapshot } from './snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

const NOW = 1000;

const refusalOf = (method: string, target: string, spec: object = {}, nowMs = NOW) => {
  const decision = decide(requestOf(method, target), entitlementsOf({ policies: [policyOf(spec)] }), nowMs);
  if (decision.kind === 'permit') throw new Error('it is permitted');
  return decision;
};
const messageOf = (...args: Parameters<typeof refusalOf>) => refusalOf(...args).message;

test('the same resource by other verbs, and elsewhere', () => {
  const near = 'covers it; it allows get, list, watch of pods in namespace shop. ';
  expect(messageOf('DELETE', '/api/v1/namespaces/shop/pods/web')).toContain(near);
  expect(messageOf('GET', '/api/v1/namespaces/other/pods')).toContain(near);
});

test('a scope that would allow something near, and not what it would hide', () => {
  expect(messageOf('GET', '/api/v1/namespaces/shop/secrets/other')).toContain(
    'covers it; a Grant of scope read-web-tls would allow get of secrets named web-tls in namespace shop. ',
  );
});

test('else the first rules of the policy', () => {
  expect(messageOf('GET', '/apis/made.up/v1/namespaces/shop/things')).toContain(
    'covers it; it allows get, list, watch of pods, pods/log, events in namespace shop. ',
  );
});

test('nothing that has ended', () => {
  const late = messageOf(
    'DELETE',
    '/api/v1/namespaces/shop/pods/web',
    { standing: { lifetime: '1s', rules: [readPods] } },
    2000,
  );
  expect(late).toMatch(/covers it\. /);
});

test('a bounded number of rules, however long', () => {
  const rule = (at: number): Rule => ({
    ...readPods,
    namespaces: Array.from({ length: 60 }, (_, n) => `${'n'.repeat(50)}-${at}-${n}`),
    resources: ['pods', ...Array.from({ length: 30 }, (_, n) => `${'r'.repeat(90)}${n}`)],
  });
  const rules = Array.from({ length: 40 }, (_, at) => rule(at));
  for (const target of ['/api/v1/namespaces/other/pods', '/api/v1/namespaces/other/nothing']) {
    const message = messageOf('GET', target, { standing: { lifetime: '8h', rules }, scopes: undefined });
    expect(message.length).toBeLessThan(1200);
    expect(message).toMatch(/…\. Ask the owners of that policy /);
  }
  const short = { ...readPods, namespaces: ['a'] };
  const many = ['a', 'b', 'c', 'd'].map((name) => ({ ...short, namespaces: [name] }));
  expect(
    messageOf('GET', '/api/v1/namespaces/other/pods', { standing: { lifetime: '8h', rules: many } }),
  ).toMatch(/in namespace a; .+ in namespace b; .+ in namespace c; and more\. /);
});

test.each<[string, Rule, string]>([
  ['a path', { nonResourceURLs: ['/metrics'], verbs: ['get'] }, 'get of /metrics'],
  [
    'every namespace',
    { allNamespaces: true, apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
    'list of deployments of group apps in every namespace',
  ],
  [
    'no namespace',
    { clusterScoped: true, apiGroups: [''], resources: ['nodes'], resourceNames: ['n1'], verbs: ['get'] },
    'get of nodes named n1 (cluster-scoped)',
  ],
])('a rule for %s in words', (_, rule, words) => {
  const spec = { standing: { lifetime: '8h', rules: [rule] }, scopes: undefined };
  expect(messageOf('GET', '/apis/made.up/v1/things', spec)).toContain(`it allows ${words}. `);
});

test('what a Grant needs is told whole', () => {
  const message = messageOf('GET', '/api/v1/namespaces/shop/secrets/web-tls');
  expect(message).toContain(
    ': scope read-web-tls of AgentPolicy agents/triage covers it, and no live Grant gives it to this pod. ' +
      'Ask for a Grant: tell a person who may approve that policy to create one (under chaperone run, in its policy file) ' +
      'in namespace agents with policy triage, ' +
      'scope read-web-tls, pod name triage-5d9c and uid 0b9f, the task, and a duration of at most 10m; then send this again.',
  );
});

test.each([
  [1, 'GrantAvailable', /tell a member of sre, "night shift" to create/],
  [2, 'QuorumNotYet', /which 2 of sre, "night shift" must agree to/],
])('of a scope that %i must agree to', (required, code, words) => {
  const approval = { approvers: { groups: ['sre', 'night shift'] }, required };
  const scopes = [{ name: 'read-web-tls', maxDuration: '10m', approval, rules: [revealTls] }];
  const refusal = refusalOf('GET', '/api/v1/namespaces/shop/secrets/web-tls', { scopes });
  expect(refusal.code).toBe(code);
  expect(refusal.message).toMatch(words);
});

test('of a Grant that has ended its own scope is told again, not another that covers it too', () => {
  const scopes = ['first', 'second'].map((name, at) => ({
    name,
    maxDuration: `${at + 1}h`,
    rules: [revealTls],
  }));
  const facts = {
    policies: [policyOf({ scopes })],
    grants: [grantOf({ scope: 'second' })],
    leaseMs: 600_000,
  };
  const request = requestOf('GET', '/api/v1/namespaces/shop/secrets/web-tls');
  expect(decide(request, entitlementsOf(facts), 300_000)).toMatchObject({
    code: 'GrantEnded',
    scope: 'second',
    message: expect.stringMatching(/scope second, .+ a duration of at most 2h; /),
  });
});

const tls = '/api/v1/namespaces/shop/secrets/web-tls';
const tlsScope = (name: string, more: object = {}) => ({
  name,
  maxDuration: '10m',
  rules: [revealTls],
  ...more,
});
const quorum = { approval: { approvers: { groups: ['sre'] }, required: 2 } };
const { reveal: _, ...maskedTls } = revealTls;

test('a scope that one person can give is told before one that two must agree to', () => {
  const scopes = [tlsScope('first', quorum), tlsScope('second')];
  const refusal = refusalOf('GET', tls, { scopes });
  expect(refusal).toMatchObject({ code: 'GrantAvailable', scope: 'second' });
  expect(refusal.message).not.toContain('only scope');
});

test('a standing rule that has ended sends to its owners only where no scope can be given', () => {
  const standing = { lifetime: '1h', rules: [maskedTls] };
  const ended = (scopes?: object[]) => {
    const facts = { policies: [policyOf({ standing, scopes })], standingRemainingMs: 5 };
    return decide(requestOf('GET', tls), entitlementsOf(facts), 5);
  };
  expect(ended([tlsScope('s')])).toMatchObject({
    code: 'GrantAvailable',
    message: expect.stringContaining(
      'AgentPolicy agents/triage standing.rules[0] covered it and has ended; scope s of AgentPolicy agents/triage covers it',
    ),
  });
  expect(ended([tlsScope('s', quorum)])).toMatchObject({ code: 'StandingEnded' });
  expect(ended()).toMatchObject({ code: 'StandingEnded' });
});

test('a Grant that has ended, of a scope that is offered no more, leaves what else could help', () => {
  const goneBy = (scopes: object[] | undefined, spec: object = {}) => {
    const given = policyOf({ scopes: [tlsScope('gone')], ...spec });
    const grants = [grantOf({ scope: 'gone' }, { phase: 'Ended' })];
    const snapshot = takeSnapshot(factsOf({ policies: [given], grants, standingRemainingMs: 0 }));
    const held = { ...snapshot.held, scopes } as Snapshot['held'];
    return decide(requestOf('GET', tls), receiveSnapshot({ ...snapshot, held }, 0), 1);
  };
  expect(goneBy([tlsScope('other')])).toMatchObject({
    code: 'GrantAvailable',
    scope: 'other',
    message: expect.stringContaining('Grant agents/triage-7f2 covered it and has ended; scope other '),
  });
  expect(goneBy([tlsScope('gone', quorum)])).toMatchObject({ code: 'QuorumNotYet' });
  const standing = { lifetime: '1h', rules: [maskedTls] };
  expect(goneBy(undefined, { standing })).toMatchObject({ code: 'StandingEnded' });
  expect(goneBy(undefined)).toMatchObject({ code: 'NoRule' });
});

test('no rule that a never meets is told as allowed', () => {
  const pods = '/api/v1/namespaces/other/pods';
  const never = (rule: object) => ({ never: [{ ...readPods, ...rule }] });
  const told = 'it allows get, list, watch of pods in namespace shop';
  expect(messageOf('GET', pods, never({ resources: ['pods'], verbs: ['list'] }))).not.toContain(
    '; it allows',
  );
  const { namespaces: _namespaces, ...everywhere } = { ...readPods, allNamespaces: true };
  expect(messageOf('DELETE', pods, { never: [{ ...everywhere, verbs: ['get'] }] })).not.toContain(
    '; it allows',
  );
  for (const apart of [
    { namespaces: ['b'] },
    { verbs: ['delete'] },
    { apiGroups: ['apps'] },
    { resources: ['events'] },
  ])
    expect(messageOf('GET', pods, never(apart)), JSON.stringify(apart)).toContain(told);
  const elsewhere = '/apis/made.up/v1/namespaces/shop/things';
  expect(messageOf('GET', elsewhere, never({ resources: ['events'] }))).not.toContain('; it allows');
  const secrets = { ...maskedTls, resourceNames: ['web-tls'] };
  const other = '/api/v1/namespaces/shop/secrets/other';
  expect(messageOf('GET', other, { never: [secrets] })).not.toContain('would allow');
  expect(messageOf('GET', other, { never: [{ ...secrets, resourceNames: ['x'] }] })).toContain('would allow');
});

test('of a policy whose rules have all ended no more than a few are looked at', () => {
  let asked = 0;
  const ended = Array.from({ length: 1000 }, () => ({
    source: 'standing' as const,
    text: '',
    rule: { ...readPods },
    get until() {
      asked++;
      return 0;
    },
  }));
  const held = { ...(entitlementsOf().held as Policy), holdings: indexed(ended, 'gives') };
  expect(near(requestOf('GET', '/api/v1/namespaces/shop/things'), held, 1)).toBe('');
  expect(near(requestOf('GET', '/api/v1/namespaces/other/pods'), held, 1)).toBe('');
  expect(asked).toBeLessThan(300);
});

test('however many nevers there are, rules are held against no more than a few hundred', () => {
  let asked = 0;
  const bans = Array.from({ length: 1000 }, () => ({
    text: '',
    get rule() {
      asked++;
      return { ...readPods, verbs: ['delete' as const] };
    },
  }));
  const held = { ...(entitlementsOf().held as Policy), bans: indexed(bans, 'takes') };
  asked = 0;
  near(requestOf('GET', '/api/v1/namespaces/other/pods'), held, 1);
  expect(asked).toBeLessThan(600);
});
