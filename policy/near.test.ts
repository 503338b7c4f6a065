import { expect, test } from 'vitest';
import { decide } from './decide.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf, revealTls } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';

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
    'only scope read-web-tls of AgentPolicy agents/triage covers it, and no live Grant of that scope names this pod. ' +
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
