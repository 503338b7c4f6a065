import { expect, test } from 'vitest';
import { policyOf } from '../../policy/fixtures.ts';
import type { KubeObject } from '../kube/api.ts';
import { answerReview } from './admission.ts';
import { admitPolicy, type PolicyFacts } from './policies.ts';

const labelled: KubeObject = { metadata: { name: 'agents', labels: { 'chaperone.dev/inject': 'enabled' } } };
const facts: PolicyFacts = {
  controller: 'system:serviceaccount:chaperone-system:chaperone',
  neverInjected: ['chaperone-system', 'kube-system'],
  readNamespace: async () => labelled,
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

test.each([
  undefined,
  { metadata: { name: 'agents' } },
  { metadata: { name: 'agents', labels: { 'chaperone.dev/inject': 'no' } } },
])('refuses one whose namespace is %j', async (namespace) => {
  expect(await codeOf({}, { readNamespace: async () => namespace })).toBe('NamespaceNotLabelled');
});

test.each(['chaperone-system', 'kube-system'])(
  'refuses one in %s, whose pods no webhook sees',
  async (namespace) => {
    expect(await codeOf({ namespace })).toBe('NamespaceNotLabelled');
  },
);

test('refuses one that is not understood, but lets it go', async () => {
  const broken = { ...policyOf(), spec: { ...policyOf().spec, extra: 1 } };
  expect(await codeOf({ object: broken })).toBe('InvalidObject');
  const metadata = { ...broken.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(await codeOf({ object: { ...broken, metadata } })).toBe('allowed');
});

test('a review is answered under its uid, with the code as cause', async () => {
  const body = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: request({ operation: 'CONNECT' }),
  };
  expect(await answerReview(body, (each) => admitPolicy(each, facts))).toMatchObject({
    response: {
      uid: '1',
      allowed: false,
      status: { code: 403, details: { causes: [{ reason: 'UnknownOperation' }] } },
    },
  });
});

test.each([undefined, 'x', {}, { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }])(
  'what is no review is a failed call: %j',
  async (body) => {
    const answer = await answerReview(body, async () => ({ kind: 'allowed' }));
    expect(answer).toMatchObject({ response: { uid: '', allowed: false } });
  },
);
