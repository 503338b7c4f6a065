import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf } from './fixtures.ts';
import { observed, permitted, shop, standing, under } from './mode.fixture.ts';
import type { Facts } from './take-snapshot.ts';

const own = '/api/v1/namespaces/agents/pods/triage-5d9c';
const ask = (method: string, target: string, facts: Partial<Facts> = observed(), nowMs = 1) =>
  decide(requestOf(method, target), entitlementsOf({ leaseMs: 60_000, ...facts }), nowMs);

describe('under Observe', () => {
  const never = [{ ...readPods, verbs: ['get'] }];
  test.each<[string, string, string, Partial<Facts>, number]>([
    ['NoRule', 'DELETE', `${shop}/pods/web`, observed(), 1],
    ['NoRule', 'GET', '/metrics', observed(), 1],
    ['NoRule', 'PUT', `${shop}/configmaps/web`, observed(), 1],
    ['Never', 'GET', `${shop}/pods/web`, observed({ never }), 1],
    ['StandingEnded', 'GET', `${shop}/pods`, { ...observed(), standingRemainingMs: 5 }, 5],
    ['GrantAvailable', 'GET', `${shop}/secrets/web-tls`, observed(), 1],
    [
      'GrantEnded',
      'GET',
      `${shop}/secrets/web-tls`,
      { ...observed(), grants: [grantOf({}, { phase: 'Ended' })] },
      1,
    ],
  ])('%s takes no effect: %s %s', (code, method, target, facts, nowMs) => {
    expect(ask(method, target, facts, nowMs)).toMatchObject({
      kind: 'permit',
      rule: 'AgentPolicy agents/triage mode Observe',
      until: 60_000,
      reveal: false,
      unmasked: false,
      instead: { kind: 'refusal', code },
    });
  });

  test('a PUT that no create rule covers goes through, marked with that', () => {
    const configmaps = { ...readPods, resources: ['configmaps'], verbs: ['update'] };
    expect(ask('PUT', `${shop}/configmaps/web`, observed(standing(configmaps)))).toMatchObject({
      kind: 'permit',
      instead: { code: 'NoRule', message: expect.stringContaining('create configmaps "web"') },
    });
  });

  test('what Enforce permits is permitted by the same rule, and not marked', () => {
    expect(ask('GET', `${shop}/pods`)).toMatchObject({
      rule: 'AgentPolicy agents/triage standing.rules[0]',
      until: 3_600_000,
      instead: undefined,
    });
  });

  test.each([
    ['ClosedList', 'PATCH', '/apis/chaperone.dev/v1alpha1/namespaces/agents/agentpolicies/triage'],
    ['ClosedList', 'POST', '/apis/chaperone.dev/v1alpha1/namespaces/agents/grants'],
    ['ClosedList', 'PATCH', '/api/v1/namespaces/agents'],
    ['ClosedList', 'POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles'],
    ['ClosedList', 'GET', '/api/v1/namespaces/chaperone-system/secrets/root'],
    ['ClosedList', 'DELETE', own],
    ['ClosedUnlessNamed', 'GET', own],
    ['ClosedUnlessNamed', 'GET', '/api/v1/nodes'],
    ['ClosedUnlessNamed', 'GET', '/logs/kubernetes/audit/audit.log'],
    ['ClosedUnlessNamed', 'GET', '/debug/pprof/heap'],
    ['ClosedList', 'PUT', '/debug/flags/v'],
    ['ClosedList', 'POST', '/x'],
    ['ClosedList', 'GET', '/api/v1/secrets'],
    ['ClosedList', 'GET', '/api/v1/secrets?watch=1'],
    ['ClosedList', 'POST', '/api/v1/proxy/namespaces/shop/pods/web'],
    ['KindNotNamed', 'POST', '/apis/serving.example.com/v1/namespaces/shop/services'],
    ['StreamNotYet', 'GET', `${shop}/pods/web/proxy`],
    ['ClosedUnlessNamed', 'GET', `${shop}/pods/web/exec?container=app&command=ls`],
    ['ClosedList', 'PUT', `${shop}/pods/web/exec`],
  ])('%s holds: %s %s', (code, method, target) => {
    const named = { ...readPods, resources: ['pods/proxy'], resourceNames: ['web'] };
    const facts = observed(code === 'StreamNotYet' ? standing(named) : {});
    expect(ask(method, target, facts)).toMatchObject({ kind: 'refusal', code });
  });

  test('what is closed stays so behind a never that takes no effect', () => {
    const facts = observed({ never: [{ ...readPods, resources: ['pods'], verbs: ['create'] }] });
    expect(ask('POST', `${shop}/pods`, { ...facts, guarded: false })).toMatchObject({
      kind: 'refusal',
      code: 'Never',
    });
  });

  test('a path that is closed unless named is given by a rule for it, and observed against a never', () => {
    const logs = { nonResourceURLs: ['/logs/syslog'], verbs: ['get'] };
    expect(ask('GET', '/logs/syslog', observed(standing(logs)))).toMatchObject({
      rule: 'AgentPolicy agents/triage standing.rules[0]',
      instead: undefined,
    });
    expect(ask('GET', '/logs/syslog', observed({ ...standing(logs), never: [logs] }))).toMatchObject({
      kind: 'permit',
      instead: { code: 'Never' },
    });
    expect(ask('GET', '/logs/other', observed(standing(logs)))).toMatchObject({
      code: 'ClosedUnlessNamed',
      message: expect.stringContaining('names this path in nonResourceURLs. '),
    });
  });

  test('what is closed unless named needs a rule that names it and has not ended', () => {
    const node = { clusterScoped: true, apiGroups: [''], resources: ['nodes'], verbs: ['get'] };
    const n1 = { ...node, resourceNames: ['n1'] };
    const facts = { ...observed({ ...standing(n1), never: [n1] }), standingRemainingMs: 5000 };
    const live = permitted(ask('GET', '/api/v1/nodes/n1', facts));
    expect(live).toMatchObject({ until: 5000, instead: { code: 'Never' } });
    expect(ask('GET', '/api/v1/nodes/n1', facts, 5000)).toMatchObject({ kind: 'refusal', code: 'Never' });
    expect(ask('GET', '/api/v1/nodes/n1', { ...facts, ...observed(standing(n1)) }, 5000)).toMatchObject({
      kind: 'refusal',
      code: 'StandingEnded',
    });
  });

  test('a list across all namespaces still leaves chaperone’s own out', () => {
    expect(ask('GET', '/api/v1/configmaps')).toMatchObject({
      instead: { code: 'NoRule' },
      target: '/api/v1/configmaps?fieldSelector=metadata.namespace!%3Dchaperone-system',
    });
  });

  test('no lease, no policy and two policies are refused as ever', () => {
    expect(ask('GET', `${shop}/services`, observed(), 60_000)).toMatchObject({ code: 'StaleLease' });
    expect(ask('GET', `${shop}/services`, { policies: [] })).toMatchObject({ code: 'NoPolicy' });
    const two = [policyOf({ mode: 'Observe' }, 'a'), policyOf({ mode: 'Observe' }, 'b')];
    expect(ask('GET', `${shop}/services`, { policies: two })).toMatchObject({ code: 'PolicyConflict' });
  });

  test('a stream goes on past its rule, marked; under Enforce again it is refused', () => {
    const request = requestOf('GET', `${shop}/pods?watch=1`);
    const first = permitted(decide(request, entitlementsOf(observed()), 0));
    expect(first.instead).toBeUndefined();
    const ended = entitlementsOf({ ...observed(), standingRemainingMs: 0 });
    const on = permitted(decideAgain(first, ended, 0));
    expect(on.instead).toMatchObject({ code: 'StandingEnded' });
    expect(decideAgain(on, under('Enforce', ended), 0)).toEqual(on.instead);
  });

  test('real values are shown by a rule alone, and no longer than it', () => {
    const request = requestOf('GET', `${shop}/secrets/web-tls`);
    const first = permitted(decide(request, entitlementsOf({ ...observed(), grants: [grantOf()] }), 0));
    expect(first).toMatchObject({ reveal: true, instead: undefined });
    expect(decideAgain(first, entitlementsOf(observed()), 0)).toMatchObject({
      code: 'RevealEnded',
      message: expect.stringContaining(
        'no longer decides; AgentPolicy agents/triage mode Observe does now, and lets it through without them. ',
      ),
    });
  });
});
