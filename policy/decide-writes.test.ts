import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf } from './fixtures.ts';
import type { Facts } from './take-snapshot.ts';

const ask = (method: string, target: string, facts: Partial<Facts> = {}, nowMs = 1, contentType?: string) =>
  decide(requestOf(method, target), entitlementsOf({ leaseMs: 60_000, ...facts }), nowMs, contentType);

const core = '/api/v1/namespaces/shop';
const withStanding = (...rules: object[]) => ({
  policies: [policyOf({ standing: { lifetime: '8h', rules } })],
});

describe('what may create needs create', () => {
  const rule = { ...readPods, resources: ['configmaps'] };
  const update = withStanding({ ...rule, verbs: ['update', 'patch'] });
  const both = withStanding({ ...rule, verbs: ['update', 'patch'] }, { ...rule, verbs: ['create'] });
  const object = `${core}/configmaps/web`;

  test('a PUT and an apply are refused without it', () => {
    expect(ask('PUT', object, update)).toMatchObject({
      code: 'NoRule',
      message: expect.stringContaining(
        'create configmaps "web" in namespace shop (its PUT creates what is not there): ',
      ),
    });
    expect(ask('PATCH', object, update, 1, 'application/apply-patch+yaml')).toMatchObject({ code: 'NoRule' });
    expect(ask('PATCH', object, update)).toMatchObject({ code: 'NoRule' });
  });

  test('and permitted with it, as what they are', () => {
    expect(ask('PUT', object, both)).toMatchObject({ kind: 'permit', request: { verb: 'update' } });
    expect(ask('PATCH', object, both, 1, 'application/apply-patch+yaml')).toMatchObject({
      request: { verb: 'patch' },
    });
  });

  test('a patch that only changes needs none', () => {
    expect(ask('PATCH', object, update, 1, 'application/merge-patch+json').kind).toBe('permit');
  });

  test('a permit of both ends with the first of their rules', () => {
    const scopes = [{ name: 'make', maxDuration: '10m', rules: [{ ...rule, verbs: ['create'] }] }];
    const policies = [
      policyOf({ scopes, standing: { lifetime: '8h', rules: [{ ...rule, verbs: ['update'] }] } }),
    ];
    expect(ask('PUT', object, { policies, grants: [grantOf({ scope: 'make' })] })).toMatchObject({
      rule: 'AgentPolicy agents/triage standing.rules[0]',
      until: 300_000,
    });
  });

  test('a never on create holds for a PUT', () => {
    const policies = [policyOf({ ...both.policies[0]?.spec, never: [{ ...rule, verbs: ['create'] }] })];
    expect(ask('PUT', object, { policies })).toMatchObject({ code: 'Never' });
  });
});
