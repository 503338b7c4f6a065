// What the tests beside their files start from: the policy and the Grant of docs/design.md, "Examples".
import { type ApiRequest, type ResourceRequest, readApiRequest } from './api-request.ts';
import { type Entitlements, receiveSnapshot } from './entitlements.ts';
import type { AgentPolicy } from './kinds/agent-policy.ts';
import type { Grant } from './kinds/grant.ts';
import { parseAgentPolicy, parseGrant } from './kinds/parse.ts';
import type { Parsed } from './kinds/parse-strictly.ts';
import type { Rule } from './kinds/rule.ts';
import { type Facts, takeSnapshot } from './take-snapshot.ts';

const apiVersion = 'chaperone.dev/v1alpha1';

export const readPods: Rule = {
  namespaces: ['shop'],
  apiGroups: [''],
  resources: ['pods', 'pods/log', 'events'],
  verbs: ['get', 'list', 'watch'],
};

export const revealTls: Rule = {
  namespaces: ['shop'],
  apiGroups: [''],
  resources: ['secrets'],
  resourceNames: ['web-tls'],
  verbs: ['get'],
  reveal: true,
};

export const triage = {
  agents: { serviceAccounts: ['triage-bot'] },
  standing: { lifetime: '8h', rules: [readPods] },
  scopes: [{ name: 'read-web-tls', maxDuration: '10m', rules: [revealTls] }],
};

const orThrow = <T>(parsed: Parsed<T>): T => {
  if (parsed.kind === 'invalid') throw new Error(`${parsed.field}: ${parsed.why}`);
  return parsed.value;
};

export const policyOf = (spec: object = {}, name = 'triage'): AgentPolicy =>
  orThrow(
    parseAgentPolicy({
      apiVersion,
      kind: 'AgentPolicy',
      metadata: { name, namespace: 'agents' },
      spec: { ...triage, ...spec },
    }),
  );

export const NOW_EPOCH_MS = Date.parse('2026-01-01T00:00:00Z');

export const grantOf = (spec: object = {}, status: object = {}): Grant =>
  orThrow(
    parseGrant({
      apiVersion,
      kind: 'Grant',
      metadata: { name: 'triage-7f2', namespace: 'agents' },
      spec: {
        pod: { name: 'triage-5d9c', uid: '0b9f' },
        policy: 'triage',
        scope: 'read-web-tls',
        task: 'INC-4711 renew the shop certificate',
        duration: '10m',
        ...spec,
      },
      status: { phase: 'Active', expiresAt: '2026-01-01T00:05:00Z', ...status },
    }),
  );

export const factsOf = (facts: Partial<Facts> = {}): Facts => ({
  pod: { namespace: 'agents', name: 'triage-5d9c', uid: '0b9f' },
  serviceAccount: 'triage-bot',
  policies: [policyOf()],
  grants: [],
  standingRemainingMs: 3_600_000,
  leaseMs: 60_000,
  systemNamespace: 'chaperone-system',
  guarded: true,
  nowEpochMs: NOW_EPOCH_MS,
  ...facts,
});

/** Received at monotonic 0; the lease ends at 60 000, the standing rules at 3 600 000, the Grant at 300 000. */
export const entitlementsOf = (facts: Partial<Facts> = {}): Entitlements =>
  receiveSnapshot(takeSnapshot(factsOf(facts)), 0);

export function requestOf(method: string, target: string): ApiRequest {
  const request = readApiRequest(method, target);
  if (request.kind === 'refusal') throw new Error(request.message);
  return request;
}

export function resourceRequestOf(method: string, target: string): ResourceRequest {
  const request = requestOf(method, target);
  if (request.kind === 'nonResource') throw new Error(`${target} is no resource`);
  return request;
}
