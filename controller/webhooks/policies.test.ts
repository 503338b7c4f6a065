import { expect, test } from 'vitest';
import { policyOf, readPods } from '../../policy/fixtures.ts';
import { parseAgentPolicy } from '../../policy/kinds/parse.ts';
import { admitPolicy, MAX_POLICIES, type PolicyFacts } from './policies.ts';

const facts: PolicyFacts = {
  controller: 'system:serviceaccount:chaperone-system:chaperone',
  isInjected: async () => true,
  readPolicies: async () => [policyOf()],
};

const request = (changed: object = {}) => ({
  uid: '1',
  resource: { group: 'chaperone.dev', version: 'v1alpha1', resource: 'agentpolicies' },
  operation: 'UPDATE',
  namespace: 'agents',
  userInfo: { username: 'jane' },
  object: policyOf() as unknown,
  oldObject: undefined,
  ...changed,
});

const codeOf = async (changed: object = {}, around: Partial<PolicyFacts> = {}) => {
  const admission = await admitPolicy(request(changed), { ...facts, ...around });
  return admission.kind === 'allowed' ? 'allowed' : admission.code;
};

test('a policy may be what it was', async () => {
  expect(await codeOf()).toBe('allowed');
});

test('refuses a second one for a ServiceAccount, unless the first is going away', async () => {
  const object = policyOf({}, 'second');
  expect(await codeOf({ object })).toBe('ServiceAccountTaken');
  const going = policyOf();
  going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  expect(await codeOf({ object }, { readPolicies: async () => [going] })).toBe('allowed');
});

test('refuses one where no pod gets a sidecar', async () => {
  expect(await codeOf({}, { isInjected: async () => false })).toBe('NamespaceNotLabelled');
});

test('refuses one too many of a namespace, and lets those that are there change', async () => {
  const readPolicies = async () => Array.from({ length: MAX_POLICIES }, () => policyOf());
  expect(await codeOf({ operation: 'CREATE' }, { readPolicies })).toBe('TooManyPolicies');
  expect(await codeOf({}, { readPolicies })).toBe('allowed');
});

test('refuses one that is larger than a person writes', async () => {
  const rule = {
    ...readPods,
    resourceNames: Array.from({ length: 32 }, (_, at) => `${at}-`.padEnd(250, 'a')),
  };
  const large = { standing: { lifetime: '8h', rules: Array.from({ length: 10 }, () => rule) } };
  expect(parseAgentPolicy(policyOf(large)).kind).toBe('valid');
  expect(await codeOf({ object: policyOf(large) })).toBe('InvalidObject');
});

test('refuses one that is not understood, but lets it go', async () => {
  const broken = { ...policyOf(), spec: { ...policyOf().spec, extra: 1 } };
  expect(await codeOf({ object: broken })).toBe('InvalidObject');
  const metadata = { ...broken.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(await codeOf({ object: { ...broken, metadata } })).toBe('allowed');
});
