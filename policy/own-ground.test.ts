import { expect, test } from 'vitest';
import { resourceRequestOf } from './fixtures.ts';
import { groundClosure } from './own-ground.ts';

const ground = {
  namespace: 'agents',
  pod: 'triage-5d9c',
  podUid: '0b9f',
  systemNamespace: 'chaperone-system',
};
const closure = (method: string, target: string) =>
  groundClosure(resourceRequestOf(method, target), ground)?.openness;

test.each([
  ['GET', '/api/v1/namespaces/chaperone-system/configmaps'],
  ['GET', '/api/v1/namespaces/chaperone-system'],
  ['GET', '/api/v1/watch/namespaces/chaperone-system/secrets'],
  ['DELETE', '/apis/apps/v1/namespaces/chaperone-system/deployments/chaperone'],
])("%s %s is closed: chaperone's own namespace", (method, target) => {
  expect(closure(method, target)).toBe('never');
});

test.each([
  ['DELETE', '/api/v1/namespaces/agents/pods/triage-5d9c'],
  ['DELETE', '/api/v1/namespaces/agents/pods'],
  ['PATCH', '/api/v1/namespaces/agents/pods/triage-5d9c/ephemeralcontainers'],
  ['PATCH', '/api/v1/namespaces/agents/pods/triage-5d9c/resize'],
  ['POST', '/api/v1/namespaces/agents/pods/triage-5d9c/eviction'],
  ['POST', '/api/v1/namespaces/agents/pods/triage-5d9c/exec'],
])("%s %s is closed: it changes the agent's own pod", (method, target) => {
  expect(closure(method, target)).toBe('never');
});

test.each([
  ['POST', '/apis/networking.k8s.io/v1/namespaces/agents/networkpolicies'],
  ['DELETE', '/apis/networking.k8s.io/v1/namespaces/agents/networkpolicies/deny-egress'],
  ['DELETE', '/apis/networking.k8s.io/v1/namespaces/agents/networkpolicies'],
])("%s %s is closed: it decides what the agent's own pod may reach", (method, target) => {
  expect(closure(method, target)).toBe('never');
});

test("reading the agent's own pod needs a rule that names it", () => {
  expect(closure('GET', '/api/v1/namespaces/agents/pods/triage-5d9c')).toBe('named');
  expect(closure('GET', '/api/v1/namespaces/agents/pods/triage-5d9c/log')).toBe('named');
});

test.each([
  ['GET', '/api/v1/namespaces/agents/pods'],
  ['DELETE', '/api/v1/namespaces/agents/pods/other'],
  ['DELETE', '/api/v1/namespaces/shop/pods/triage-5d9c'],
  ['DELETE', '/apis/x.io/v1/namespaces/agents/pods/triage-5d9c'],
  ['GET', '/apis/networking.k8s.io/v1/namespaces/agents/networkpolicies'],
  ['POST', '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies'],
])('%s %s is left to the rules', (method, target) => {
  expect(closure(method, target)).toBeUndefined();
});
