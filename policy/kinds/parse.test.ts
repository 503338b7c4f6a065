import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grantOf, policyOf, readPods, revealTls, triage } from '../fixtures.ts';
import { parseAgentPolicy, parseGrant } from './parse.ts';

const policy = (spec: object, rest: object = {}) =>
  parseAgentPolicy({
    apiVersion: 'chaperone.dev/v1alpha1',
    kind: 'AgentPolicy',
    metadata: { name: 'triage', namespace: 'agents', managedFields: [] },
    spec: { ...triage, ...spec },
    ...rest,
  });
const standing = (rule: object) => policy({ standing: { lifetime: '8h', rules: [rule] } });

test('reads the policy and the Grant of the design', () => {
  expect(policy({}).kind).toBe('valid');
  const approval = { approvers: { groups: ['sre'] }, required: 1 };
  const scopes = [{ ...triage.scopes[0], approval }];
  expect(policy({ scopes, never: [readPods] }, { status: { conditions: [] } }).kind).toBe('valid');
  expect(parseGrant(grantOf()).kind).toBe('valid');
});

test('a policy says Enforce, Observe or nothing for its mode, and no word for more', () => {
  for (const mode of ['Enforce', 'Observe', undefined]) expect(policy({ mode }).kind).toBe('valid');
  for (const mode of ['Open', 'open', 'observe', '', null, true, ['Observe'], 'Symbol(open)'])
    expect(policy({ mode })).toMatchObject({ kind: 'invalid', field: 'spec.mode' });
  for (const field of ['open', 'unmasked', 'observe', 'reveal'])
    expect(policy({ mode: 'Observe', [field]: true })).toMatchObject({ field: `spec.${field}` });
});

describe('a rule', () => {
  const { namespaces: _, ...somewhere } = readPods;
  const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
  const { resourceNames: __, ...unnamed } = revealTls;
  const webByName = { resourceNames: ['web'], filter: true };

  test.each<[string, object, string]>([
    ['no place', somewhere, '.namespaces'],
    ['two places', { ...readPods, allNamespaces: true }, '.allNamespaces'],
    ['two places', { ...readPods, clusterScoped: true }, '.clusterScoped'],
    ['a place that is false', { ...somewhere, allNamespaces: false }, '.allNamespaces'],
    ['no namespaces in its list', { ...readPods, namespaces: [] }, '.namespaces'],
    ['a wildcard namespace', { ...readPods, namespaces: ['*'] }, '.namespaces[0]'],
    ['a wildcard group', { ...readPods, apiGroups: ['*'] }, '.apiGroups[0]'],
    ['a wildcard resource', { ...readPods, resources: ['*'] }, '.resources[0]'],
    ['a wildcard subresource', { ...readPods, resources: ['pods/*'] }, '.resources[0]'],
    ['a wildcard verb', { ...readPods, verbs: ['*'] }, '.verbs[0]'],
    ['a wildcard name', { ...readPods, resourceNames: ['web-*'] }, '.resourceNames[0]'],
    ['a wildcard path', { nonResourceURLs: ['/metrics/*'], verbs: ['get'] }, '.nonResourceURLs[0]'],
    ['no verbs', { ...readPods, verbs: [] }, '.verbs'],
    ['no resources', { ...readPods, resources: undefined }, '.resources'],
    ['no groups', { ...readPods, apiGroups: undefined }, '.apiGroups'],
    ['a verb of RBAC that widens access', { ...readPods, verbs: ['impersonate'] }, '.verbs[0]'],
    ['the verb of paths', { ...readPods, verbs: ['head'] }, '.verbs'],
    ['a misspelt field', { ...readPods, resourceName: ['web'] }, '.resourceName'],
    ['a resource in capitals', { ...readPods, resources: ['Pods'] }, '.resources[0]'],
    [
      'resources and paths',
      { ...readPods, namespaces: undefined, nonResourceURLs: ['/metrics'] },
      '.apiGroups',
    ],
    ['a write to a path', { nonResourceURLs: ['/metrics'], verbs: ['create'] }, '.verbs'],
    ['Secrets of every namespace', { ...secrets, allNamespaces: true }, '.allNamespaces'],
    [
      'Deployments as if they were cluster-scoped',
      { clusterScoped: true, apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
      '.clusterScoped',
    ],
    ['Secrets as if they were cluster-scoped', { ...secrets, clusterScoped: true }, '.clusterScoped'],
    ['reveal of every Secret', unnamed, '.reveal'],
    ['reveal in lists', { ...revealTls, verbs: ['get', 'list'] }, '.reveal'],
    ['reveal of what is no Secret', { ...revealTls, resources: ['configmaps'] }, '.reveal'],
    ['reveal that is false', { ...revealTls, reveal: false }, '.reveal'],
    ['filter without names', { ...readPods, filter: true }, '.filter'],
    ['filter without a list', { ...readPods, ...webByName, verbs: ['get'] }, '.filter'],
    ['filter that is false', { ...readPods, ...webByName, filter: false }, '.filter'],
    [
      'filter in every namespace',
      { ...readPods, ...webByName, namespaces: undefined, allNamespaces: true },
      '.filter',
    ],
    ['filter of paths', { ...webByName, nonResourceURLs: ['/metrics'], verbs: ['get'] }, '.resourceNames'],
    [
      'a write of roles',
      {
        ...readPods,
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['roles'],
        resourceNames: ['a'],
        verbs: ['patch'],
      },
      '.verbs',
    ],
    [
      'token requests',
      { ...readPods, resources: ['serviceaccounts/token'], resourceNames: ['a'], verbs: ['create'] },
      '.verbs',
    ],
    [
      'Grants for itself',
      { ...readPods, apiGroups: ['chaperone.dev'], resources: ['grants'], verbs: ['create'] },
      '.verbs',
    ],
    [
      'a closed resource unnamed, among others',
      { ...readPods, resources: ['pods', 'serviceaccounts'] },
      '.resourceNames',
    ],
    [
      'exec into any pod',
      {
        ...readPods,
        resources: ['pods/exec'],
        verbs: ['create'],
        containers: ['app'],
        commands: [['ls']],
      },
      '.resourceNames',
    ],
    [
      'too many namespaces',
      { ...readPods, namespaces: Array.from({ length: 65 }, (_, at) => `n${at}`) },
      '.namespaces',
    ],
    ['a name too long', { ...readPods, resourceNames: ['a'.repeat(254)] }, '.resourceNames[0]'],
    [
      'another prototype',
      JSON.parse('{"__proto__": {"allNamespaces": true}, "verbs": ["get"]}'),
      '.__proto__',
    ],
  ])('with %s is invalid, and the field is named: %j', (_, rule, field) => {
    expect(standing(rule)).toMatchObject({ kind: 'invalid', field: `spec.standing.rules[0]${field}` });
  });

  test('of never may be as broad as one likes', () => {
    const broad = {
      allNamespaces: true,
      apiGroups: ['', 'rbac.authorization.k8s.io'],
      resources: ['secrets', 'roles'],
      verbs: ['get', 'create'],
    };
    expect(policy({ never: [broad] }).kind).toBe('valid');
    expect(policy({ never: [{ ...readPods, reveal: true }] })).toMatchObject({
      field: 'spec.never[0].reveal',
    });
    expect(policy({ never: [{ ...readPods, ...webByName }] })).toMatchObject({
      field: 'spec.never[0].filter',
    });
    expect(policy({ never: [somewhere] })).toMatchObject({ field: 'spec.never[0].namespaces' });
  });
});

describe('a policy', () => {
  const scope = triage.scopes[0];

  test.each<[string, object, string, string]>([
    ['no agents', { agents: undefined }, 'spec.agents', 'is missing'],
    [
      'groups of people as agents',
      { agents: { groups: ['sre'] } },
      'spec.agents.serviceAccounts',
      'is missing',
    ],
    [
      'standing rules without an end',
      { standing: { rules: [readPods] } },
      'spec.standing.lifetime',
      'is missing',
    ],
    [
      'standing rules for a year',
      { standing: { lifetime: '8760h', rules: [readPods] } },
      'spec.standing.lifetime',
      'is not between 1s and a week (168h)',
    ],
    [
      'a scope without an end',
      { scopes: [{ ...scope, maxDuration: undefined }] },
      'spec.scopes[0].maxDuration',
      'is missing',
    ],
    ['two scopes of one name', { scopes: [scope, scope] }, 'spec.scopes', 'has a name twice'],
    ['a field of a later version', { approvals: {} }, 'spec.approvals', 'is not a field of this kind'],
    [
      'an approval that nobody gives',
      { scopes: [{ ...scope, approval: { approvers: { groups: ['sre'] }, required: 0 } }] },
      'spec.scopes[0].approval.required',
      'too small: expected number to be >=1',
    ],
  ])('with %s is invalid', (_, spec, field, why) => {
    expect(policy(spec)).toEqual({ kind: 'invalid', field, why });
  });

  test('of another kind, version or shape is invalid', () => {
    expect(policy({}, { kind: 'Grant' })).toMatchObject({ field: 'kind' });
    expect(policy({}, { apiVersion: 'chaperone.dev/v1' })).toMatchObject({ field: 'apiVersion' });
    expect(policy({}, { metadata: { name: 'triage' } })).toEqual({
      kind: 'invalid',
      field: 'metadata.namespace',
      why: 'is missing',
    });
    expect(policy({}, { extra: 1 })).toMatchObject({ field: 'extra' });
  });
});

describe('a Grant', () => {
  const grant = grantOf();
  const withSpec = (spec: object) => parseGrant({ ...grant, spec: { ...grant.spec, ...spec } });

  test.each<[string, object, string]>([
    ['no pod', { pod: undefined }, 'spec.pod'],
    ['no UID of its pod', { pod: { name: 'a' } }, 'spec.pod.uid'],
    ['no end', { duration: undefined }, 'spec.duration'],
    ['an empty list of rules', { rules: [] }, 'spec.rules'],
    ['a task of two lines', { task: 'a\nb' }, 'spec.task'],
    ['a task that turns the text around', { task: 'a\u202eb' }, 'spec.task'],
    ['a task with what is drawn as nothing', { task: 'a\u{e0164}b' }, 'spec.task'],
    ['a misspelt field', { rule: [] }, 'spec.rule'],
  ])('with %s is invalid', (_, spec, field) => {
    expect(withSpec(spec)).toMatchObject({ kind: 'invalid', field });
  });

  test.each(['tomorrow', '2026-01-01', '2026-13-01T00:00:00Z', '2026-01-01T00:00:00+02:00', ''])(
    'that expires at %j is invalid',
    (expiresAt) => {
      expect(parseGrant({ ...grant, status: { phase: 'Active', expiresAt } })).toMatchObject({
        field: 'status.expiresAt',
      });
    },
  );
});

test('never throws, and answers an invalid object in one bounded line', () => {
  fc.assert(
    fc.property(
      fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
      (anything) => {
        for (const parsed of [
          parseAgentPolicy(anything),
          parseGrant(anything),
          policy({ agents: anything }),
          standing({ namespaces: anything }),
        ]) {
          expect(parsed.kind).toBe('invalid');
          if (parsed.kind === 'invalid') expect(`${parsed.field}: ${parsed.why}`).toMatch(/^[^\n\r]{1,700}$/);
        }
      },
    ),
  );
});

test('what it reads, it reads again the same', () => {
  expect(parseAgentPolicy(policyOf())).toEqual({ kind: 'valid', value: policyOf() });
});
