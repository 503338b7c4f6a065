import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf } from './fixtures.ts';
import { under } from './mode.fixture.ts';
import { OPEN } from './mode.ts';
import type { Facts } from './take-snapshot.ts';

const made = '/apis/serving.example.com/v1/namespaces/shop/services';
const rule = (verbs: string[], more: object = {}) => ({
  namespaces: ['elsewhere'],
  apiGroups: ['serving.example.com'],
  resources: ['services'],
  verbs,
  ...more,
});
const spec = (more: object = {}) => ({ mode: 'Observe', standing: undefined, scopes: undefined, ...more });
const ask = (method: string, target: string, more: object = {}, facts: Partial<Facts> = {}) =>
  decide(requestOf(method, target), entitlementsOf({ policies: [policyOf(spec(more))], ...facts }), 1);

describe('a kind that is not built in and that no rule gives to be written', () => {
  test.each([
    ['POST', made],
    ['PUT', `${made}/web`],
    ['PATCH', `${made}/web`],
    ['PATCH', `${made}/web/status`],
    ['POST', '/apis/example.com/v1/things'],
    ['POST', '/apis/apps/v1/namespaces/shop/rollouts'],
  ])('is not written under Observe: %s %s', (method, target) => {
    expect(ask(method, target)).toMatchObject({ kind: 'refusal', code: 'KindNotNamed' });
  });

  test.each([
    ['GET', made],
    ['GET', `${made}/web`],
    ['DELETE', `${made}/web`],
    ['DELETE', made],
  ])('is read and deleted as ever: %s %s', (method, target) => {
    expect(ask(method, target)).toMatchObject({ kind: 'permit', instead: { code: 'NoRule' } });
  });

  test('stays so where a rule gives it to be read, or gives one of its subresources, or another group of that name', () => {
    const rules = [
      rule(['get', 'list', 'watch', 'delete']),
      rule(['patch'], { resources: ['services/status'] }),
      rule(['create'], { apiGroups: [''] }),
    ];
    expect(ask('POST', made, { standing: { lifetime: '8h', rules } })).toMatchObject({
      code: 'KindNotNamed',
    });
  });

  test('stays so behind a never that takes no effect', () => {
    const never = [rule(['create'], { namespaces: ['shop'] })];
    expect(ask('POST', made, { never })).toMatchObject({ kind: 'refusal', code: 'Never' });
  });

  test('is refused under Enforce in the same words', () => {
    expect(ask('POST', made, { mode: 'Enforce' })).toEqual(ask('POST', made));
  });

  test('is written with everything open', () => {
    const open = under(OPEN, entitlementsOf());
    expect(decide(requestOf('POST', made), open, 1)).toMatchObject({
      kind: 'permit',
      instead: { code: 'KindNotNamed' },
    });
  });
});

describe('is written under Observe, as the policy has thought of it, where', () => {
  const lifted = { kind: 'permit', instead: { code: 'NoRule' } };
  test('a standing rule gives it in any place and to any such verb, also when that has ended', () => {
    const standing = { lifetime: '8h', rules: [rule(['patch'])] };
    expect(ask('POST', made, { standing })).toMatchObject(lifted);
    expect(ask('POST', made, { standing }, { standingRemainingMs: 0 })).toMatchObject(lifted);
  });

  test('a scope gives it, granted or not', () => {
    const scopes = [{ name: 's', maxDuration: '10m', rules: [rule(['create'])] }];
    expect(ask('POST', made, { scopes })).toMatchObject(lifted);
    expect(ask('POST', made, { scopes }, { grants: [grantOf({ scope: 's' })] })).toMatchObject(lifted);
  });

  test('it is built in', () => {
    expect(ask('POST', '/api/v1/namespaces/shop/configmaps')).toMatchObject(lifted);
    expect(ask('PATCH', '/apis/apps/v1/namespaces/shop/deployments/web/scale')).toMatchObject(lifted);
    expect(ask('POST', '/api/v1/namespaces/shop/services', { never: [readPods] })).toMatchObject(lifted);
  });
});
