import { describe, expect, test } from 'vitest';
import { readPods, triage } from '../fixtures.ts';
import { parseAgentPolicy } from './parse.ts';

const policy = (spec: object) =>
  parseAgentPolicy({
    apiVersion: 'chaperone.dev/v1alpha1',
    kind: 'AgentPolicy',
    metadata: { name: 'triage', namespace: 'agents' },
    spec: { ...triage, ...spec },
  });

const three = { verbs: ['delete', 'deletecollection'], max: 3, per: '10m' };

test('the budget of the design is valid', () => {
  expect(policy({ budgets: [three] }).kind).toBe('valid');
});

test.each<[string, object, string]>([
  ['no verbs', { verbs: [] }, '.verbs'],
  ['a verb twice', { verbs: ['delete', 'delete'] }, '.verbs'],
  ['a verb that changes nothing', { verbs: ['list'] }, '.verbs[0]'],
  ['a wildcard', { verbs: ['*'] }, '.verbs[0]'],
  ['no calls', { max: 0 }, '.max'],
  ['too many calls', { max: 1001 }, '.max'],
  ['half a call', { max: 1.5 }, '.max'],
  ['no span', { per: undefined }, '.per'],
  ['a span of nothing', { per: '0s' }, '.per'],
  ['a span beyond a day', { per: '24h1s' }, '.per'],
  ['a misspelt field', { maximum: 3 }, '.maximum'],
])('a budget with %s is invalid, and the field is named', (_, part, field) => {
  expect(policy({ budgets: [{ ...three, ...part }] })).toMatchObject({
    kind: 'invalid',
    field: `spec.budgets[0]${field}`,
  });
});

test('there are at most eight', () => {
  expect(policy({ budgets: Array(8).fill(three) }).kind).toBe('valid');
  expect(policy({ budgets: Array(9).fill(three) })).toMatchObject({ field: 'spec.budgets' });
  expect(policy({ budgets: [] })).toMatchObject({ field: 'spec.budgets' });
});

describe('where a rule gives deletecollection', () => {
  const collections = { ...readPods, verbs: ['get', 'deletecollection'] };
  const budgets = [
    { ...three, verbs: ['create'] },
    { ...three, verbs: ['delete'] },
  ];

  test.each<[string, object]>([
    ['standing.rules[0]', { standing: { lifetime: '8h', rules: [collections] } }],
    ['scopes[0].rules[1]', { scopes: [{ ...triage.scopes[0], rules: [readPods, collections] }] }],
  ])('a budget of delete alone is invalid, and says which rule: %s', (where, spec) => {
    expect(policy({ ...spec, budgets })).toEqual({
      kind: 'invalid',
      field: 'spec.budgets[1].verbs',
      why: `has delete without deletecollection, which ${where} gives`,
    });
    expect(policy({ ...spec, budgets: [...budgets, { ...three, verbs: ['deletecollection'] }] }).kind).toBe(
      'valid',
    );
    expect(policy({ ...spec, budgets: [budgets[0]] }).kind).toBe('valid');
  });
});
