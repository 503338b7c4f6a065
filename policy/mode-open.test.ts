import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import { entitlementsOf, grantOf, policyOf, requestOf } from './fixtures.ts';
import { permitted, shop, standing, under } from './mode.fixture.ts';
import { OPEN } from './mode.ts';
import type { Facts } from './take-snapshot.ts';

describe('with everything open', () => {
  const open = (method: string, target: string, facts: Partial<Facts> = {}) =>
    decide(requestOf(method, target), under(OPEN, entitlementsOf(facts)), 1);

  test.each([
    ['ClosedList', 'POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles'],
    ['ClosedList', 'GET', '/api/v1/namespaces/chaperone-system/secrets/root'],
    ['ClosedUnlessNamed', 'GET', '/api/v1/nodes'],
    ['NoRule', 'POST', `${shop}/secrets`],
    ['KindNotNamed', 'PATCH', '/apis/serving.example.com/v1/namespaces/shop/services/web'],
    ['NoRule', 'GET', '/metrics'],
    ['ClosedList', 'PUT', '/debug/flags/v'],
    ['ClosedList', 'GET', '/api/v1/secrets'],
    ['ClosedUnlessNamed', 'GET', '/logs/syslog'],
    ['ClosedUnlessNamed', 'POST', `${shop}/pods/web/exec?command=ls`],
  ])('%s takes no effect: %s %s', (code, method, target) => {
    expect(open(method, target)).toMatchObject({
      kind: 'permit',
      rule: 'chaperone run --open',
      unmasked: true,
      reveal: false,
      instead: { code },
      target,
    });
  });

  test('what Enforce permits is not masked either, and lists reach every namespace', () => {
    const everywhere = { allNamespaces: true, apiGroups: [''], resources: ['pods'], verbs: ['list'] };
    const facts = { policies: [policyOf(standing(everywhere))] };
    expect(open('GET', '/api/v1/pods', facts)).toMatchObject({
      unmasked: true,
      instead: undefined,
      target: '/api/v1/pods',
    });
  });

  test('a stream that cannot be forwarded is refused', () => {
    expect(open('GET', `${shop}/pods/web/proxy`)).toMatchObject({
      kind: 'refusal',
      code: 'StreamNotYet',
    });
  });

  test('a Grant that ends takes nothing away', () => {
    const request = requestOf('GET', `${shop}/secrets/web-tls`);
    const granted = under(OPEN, entitlementsOf({ grants: [grantOf()] }));
    const first = permitted(decide(request, granted, 0));
    expect(first.reveal).toBe(true);
    expect(decideAgain(first, under(OPEN, entitlementsOf()), 0)).toMatchObject({ unmasked: true });
  });
});
