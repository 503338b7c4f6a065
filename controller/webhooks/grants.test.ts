import { expect, test } from 'vitest';
import { grantOf, policyOf, revealTls } from '../../policy/fixtures.ts';
import { admitGrant, type GrantFacts, MAX_GRANTS } from './grants.ts';

const CONTROLLER = 'system:serviceaccount:chaperone-system:chaperone';
const KNOWN = { 'authentication.kubernetes.io/credential-id': ['X509SHA256=5f'] };
const jane = { username: 'jane', groups: ['sre'], extra: KNOWN };

const facts: GrantFacts = {
  controller: CONTROLLER,
  mayApprove: async ({ username }, { name }) => username !== 'joe' && name === 'triage',
  readPolicies: async () => [policyOf()],
  countGrants: async () => 0,
};

const request = (changed: object = {}) => ({
  uid: '1',
  resource: { group: 'chaperone.dev', version: 'v1alpha1', resource: 'grants' },
  operation: 'CREATE',
  namespace: 'agents',
  userInfo: jane,
  object: grantOf(),
  oldObject: undefined,
  ...changed,
});

const codeOf = async (changed: object = {}, around: Partial<GrantFacts> = {}) => {
  const admission = await admitGrant(request(changed), { ...facts, ...around });
  return admission.kind === 'allowed' ? 'allowed' : admission.code;
};

test('a person with a known credential who may approve the policy creates a Grant of it', async () => {
  expect(await codeOf()).toBe('allowed');
});

test.each([
  ['may not approve', { ...jane, username: 'joe' }, 'NotApprover'],
  ['shows no credential', { ...jane, extra: {} }, 'ImpersonatedApprover'],
  [
    'shows an empty one',
    { ...jane, extra: { 'authentication.kubernetes.io/credential-id': [] } },
    'ImpersonatedApprover',
  ],
  [
    'is the governed agent',
    { ...jane, username: 'system:serviceaccount:agents:triage-bot' },
    'GovernedAgent',
  ],
  [
    'is another ServiceAccount',
    { ...jane, username: 'system:serviceaccount:agents:ci' },
    'ServiceAccountApprover',
  ],
  ['is the controller itself', { ...jane, username: CONTROLLER }, 'ServiceAccountApprover'],
])('refuses one who %s', async (_, userInfo, code) => {
  expect(await codeOf({ userInfo })).toBe(code);
});

test.each([
  [{ required: 1, approvers: { groups: ['sre'] } }, 'allowed'],
  [{ required: 1, approvers: { groups: ['owners'] } }, 'ApprovalMissing'],
  [{ required: 2, approvers: { groups: ['sre'] } }, 'ApprovalMissing'],
])('one person of group sre meets the approval %j: %s', async (approval, code) => {
  const scopes = [{ name: 'read-web-tls', maxDuration: '10m', approval, rules: [revealTls] }];
  expect(await codeOf({}, { readPolicies: async () => [policyOf({ scopes })] })).toBe(code);
});

test.each([
  ['of a policy that is not valid or not there', {}, { readPolicies: async () => [] }],
  ['wider than its scope', { object: grantOf({ duration: '11m' }) }, {}],
  ['not understood whole', { object: { ...grantOf(), spec: { ...grantOf().spec, taks: 'x' } } }, {}],
])('refuses a Grant %s', async (_, changed, around) => {
  expect(await codeOf(changed, around)).toBe('InvalidObject');
});

test('refuses one too many of a namespace, and lets those that are there change', async () => {
  expect(await codeOf({}, { countGrants: async () => MAX_GRANTS - 1 })).toBe('allowed');
  const full = { countGrants: async () => MAX_GRANTS };
  expect(await codeOf({}, full)).toBe('TooManyGrants');
  expect(await codeOf({ operation: 'UPDATE', oldObject: grantOf() }, full)).toBe('allowed');
});

test('a spec never changes, labels may', async () => {
  const update = { operation: 'UPDATE', oldObject: grantOf() };
  expect(await codeOf({ ...update, object: grantOf({ duration: '1m' }) })).toBe('ImmutableSpec');
  const labelled = { ...grantOf(), metadata: { ...grantOf().metadata, labels: { ticket: 'INC-4711' } } };
  expect(await codeOf({ ...update, object: labelled })).toBe('allowed');
});

test('only the controller says how a Grant stands', async () => {
  const status = { operation: 'UPDATE', subResource: 'status' };
  expect(await codeOf(status)).toBe('StatusNotYours');
  expect(await codeOf({ ...status, userInfo: { username: CONTROLLER } })).toBe('allowed');
});

test.each([
  { operation: 'DELETE' },
  { operation: 'CONNECT' },
  { subResource: 'scale', operation: 'UPDATE' },
  { resource: { group: 'chaperone.dev', version: 'v2', resource: 'grants' } },
  { resource: { group: 'other.dev', version: 'v1alpha1', resource: 'grants' } },
])('what is not decided here is refused: %j', async (changed) => {
  expect(await codeOf(changed)).toBe('UnknownOperation');
});
