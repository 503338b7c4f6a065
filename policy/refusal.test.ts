import { describe, expect, test } from 'vitest';
import { requestOf } from './fixtures.ts';
import { type Refusal, type RefusalCode, refuse, toStatus } from './refusal.ts';
import { refusalTexts } from './refusal-texts.ts';

const request = requestOf('GET', '/apis/apps/v1/namespaces/shop/deployments/web');
const asked = 'chaperone refuses get deployments.apps "web" in namespace shop: ';
const it = 'chaperone refuses the request: ';
const policy = 'agents/triage';

// One refusal of every code, with the status and the whole text that a person reads.
const all: { readonly [code in RefusalCode]: readonly [Refusal, number, string, string] } = {
  MalformedTarget: [
    refuse('MalformedTarget', { why: 'it is bad' }),
    400,
    'BadRequest',
    `${it}it is bad, so chaperone and the API server could read it differently. Send the path and query as kubectl or client-go print them.`,
  ],
  MalformedRequest: [
    refuse('MalformedRequest', { request, why: 'it has two hosts' }),
    400,
    'BadRequest',
    `${asked}it has two hosts. Send it as a plain HTTP request with one value for each header.`,
  ],
  UnsupportedMethod: [
    refuse('UnsupportedMethod', { method: 'TRACE' }),
    405,
    'MethodNotAllowed',
    `${it}the method "TRACE" has no verb in Kubernetes. Use GET, HEAD, POST, PUT, PATCH or DELETE.`,
  ],
  UpgradeRefused: [
    refuse('UpgradeRefused', { request }),
    400,
    'BadRequest',
    `${asked}it asks for an upgrade where the API server need not stream. Send it without the Upgrade header; watch and log stream over plain HTTP.`,
  ],
  UnknownCaller: [
    refuse('UnknownCaller', {}),
    401,
    'Unauthorized',
    `${it}its bearer token is missing or is not the one this container was given. Read the token from /var/run/secrets/kubernetes.io/serviceaccount/token again.`,
  ],
  NoPolicy: [
    refuse('NoPolicy', { request, serviceAccount: 'agents/bot' }),
    403,
    'Forbidden',
    `${asked}no valid AgentPolicy names the ServiceAccount agents/bot. Ask the owners of the namespace for an AgentPolicy that names it.`,
  ],
  PolicyConflict: [
    refuse('PolicyConflict', { request, policies: ['agents/a', 'agents/b'] }),
    403,
    'Forbidden',
    `${asked}more than one AgentPolicy names its ServiceAccount (agents/a, agents/b), and then none holds. Ask the owners of the namespace to leave one of them.`,
  ],
  NoRule: [
    refuse('NoRule', { request, policy }),
    403,
    'Forbidden',
    `${asked}no rule and no scope of AgentPolicy agents/triage covers it. Ask the owners of the policy for a rule or a scope that names it.`,
  ],
  Never: [
    refuse('Never', { request, rule: 'AgentPolicy agents/triage never[0]' }),
    403,
    'Forbidden',
    `${asked}AgentPolicy agents/triage never[0] says never. No Grant can allow it; only a change of the policy does.`,
  ],
  ClosedList: [
    refuse('ClosedList', { request, why: 'it is an identity' }),
    403,
    'Forbidden',
    `${asked}it is on the closed list: it is an identity. Let a person do it with credentials of their own.`,
  ],
  ClosedUnlessNamed: [
    refuse('ClosedUnlessNamed', { request, why: 'it is an identity' }),
    403,
    'Forbidden',
    `${asked}it is on the closed list: it is an identity, and no rule names this one object in resourceNames. Ask the owners of the policy for a rule or a scope that names it.`,
  ],
  StandingEnded: [
    refuse('StandingEnded', { request, rule: 'AgentPolicy agents/triage standing.rules[0]' }),
    403,
    'Forbidden',
    `${asked}AgentPolicy agents/triage standing.rules[0] covered it until the lifetime of the standing rules ended. Ask the owners of the policy to renew it, or ask for a Grant.`,
  ],
  GrantEnded: [
    refuse('GrantEnded', { request, rule: 'Grant agents/triage-7f2', scope: 'read' }),
    403,
    'Forbidden',
    `${asked}Grant agents/triage-7f2 of scope read covered it and has ended. Ask for a new Grant of that scope.`,
  ],
  RevealEnded: [
    refuse('RevealEnded', { request, rule: 'Grant agents/x' }),
    403,
    'Forbidden',
    `${asked}Grant agents/x let real values be shown and has ended; another rule covers it without them. Send it again to see it masked, or ask for a new Grant.`,
  ],
  GrantAvailable: [
    refuse('GrantAvailable', {
      request,
      policy,
      scope: 'read',
      maxDuration: '10m',
      approval: ', with the agreement of 1 of sre',
    }),
    403,
    'Forbidden',
    `${asked}only scope read of AgentPolicy agents/triage covers it, and no live Grant of that scope names this pod (a Grant lasts at most 10m, with the agreement of 1 of sre). Ask for a Grant of that scope.`,
  ],
  SecretWriteNotYet: [
    refuse('SecretWriteNotYet', { request }),
    403,
    'Forbidden',
    `${asked}it writes a Secret, and hidden values could not be put back. This version forwards no such call under any rule; let a person or another tool make it.`,
  ],
  WorkloadWriteNotYet: [
    refuse('WorkloadWriteNotYet', { request }),
    403,
    'Forbidden',
    `${asked}it writes a pod or a pod template, whose containers could read what is hidden here. This version forwards no such call under any rule; let a person or another tool make it.`,
  ],
  StreamNotYet: [
    refuse('StreamNotYet', { request }),
    403,
    'Forbidden',
    `${asked}exec, attach, port-forward and proxy carry bytes that are not recorded. This version forwards no such call under any rule; let a person or another tool make it.`,
  ],
  ReviewNotYet: [
    refuse('ReviewNotYet', { request }),
    403,
    'Forbidden',
    `${asked}the API server would answer for the credential and not for the policy. Try the call itself: a refusal names the rule that decides.`,
  ],
  SentinelInWrite: [
    refuse('SentinelInWrite', { request }),
    403,
    'Forbidden',
    `${asked}its body holds a sentinel, which stands for a hidden value and must never be stored. Leave the hidden value out of what is written.`,
  ],
  StaleLease: [
    refuse('StaleLease', { request }),
    503,
    'ServiceUnavailable',
    `${asked}the lease on the agent's entitlements has run out, so none of them is believed. Try again when the sidecar reaches the controller.`,
  ],
  CredentialUnreadable: [
    refuse('CredentialUnreadable', { request }),
    503,
    'ServiceUnavailable',
    `${asked}the credential for the API server cannot be read. Look at the sidecar's log; try again when the credential is back.`,
  ],
  RecordFailed: [
    refuse('RecordFailed', { request }),
    503,
    'ServiceUnavailable',
    `${asked}its record could not be written, and what is not recorded is not forwarded. Look at the sidecar's output; try again when it is read.`,
  ],
  Draining: [
    refuse('Draining', { request }),
    503,
    'ServiceUnavailable',
    `${asked}the sidecar is shutting down and takes no new calls. Try again when the pod is replaced.`,
  ],
  TooLarge: [
    refuse('TooLarge', { request, limitBytes: 3 }),
    413,
    'RequestEntityTooLarge',
    `${asked}its body is larger than 3 bytes. Send less in one request.`,
  ],
  Busy: [
    refuse('Busy', { request }),
    429,
    'TooManyRequests',
    `${asked}the sidecar has as many calls and bodies under way as it has room for. Try again when some of them have ended.`,
  ],
  UnsupportedMediaType: [
    refuse('UnsupportedMediaType', { request, type: 'application/cbor' }),
    415,
    'UnsupportedMediaType',
    `${asked}a body of type "application/cbor" cannot be checked here. Send it as JSON.`,
  ],
  NotAcceptable: [
    refuse('NotAcceptable', { request }),
    406,
    'NotAcceptable',
    `${asked}its Accept admits no JSON, and this resource is shown in JSON alone. Accept application/json.`,
  ],
  UnreadableResponse: [
    refuse('UnreadableResponse', { request, why: 'it is not JSON' }),
    502,
    'InternalError',
    `${asked}the API server's answer cannot be masked: it is not JSON. Ask in another form, such as plain JSON, or tell the owners of chaperone.`,
  ],
  UpstreamUnavailable: [
    refuse('UpstreamUnavailable', { request, why: 'connection refused' }),
    502,
    'InternalError',
    `${asked}the API server did not answer: connection refused. Try again; a write may have been done.`,
  ],
  UnexpectedRedirect: [
    refuse('UnexpectedRedirect', { request, status: 302 }),
    502,
    'InternalError',
    `${asked}the API server answered 302, which is never passed on. Tell the owners of the cluster: something before the API server misbehaves.`,
  ],
  UnexpectedUpgrade: [
    refuse('UnexpectedUpgrade', { request }),
    502,
    'InternalError',
    `${asked}the API server switched protocols in answer to an ordinary call. Tell the owners of the cluster: something before the API server misbehaves.`,
  ],
  Internal: [
    refuse('Internal', { request }),
    500,
    'InternalError',
    `${asked}something went wrong inside chaperone, which ends this call alone. Look at the sidecar's log under this call's Audit-Id; try again.`,
  ],
};

test.each(Object.entries(all))(
  '%s says what was asked, what decided, and what to do',
  (code, [refusal, httpStatus, reason, message]) => {
    expect(refusal).toMatchObject({ kind: 'refusal', code, httpStatus, reason, message });
  },
);

test('every code of the table is tried above', () => {
  expect(Object.keys(all).sort()).toEqual(Object.keys(refusalTexts).sort());
});

test('a refusal carries the rule that decided', () => {
  expect(all.GrantEnded[0].rule).toBe('Grant agents/triage-7f2');
  expect(all.NoRule[0]).not.toHaveProperty('rule');
});

test('no message grows without bound', () => {
  expect(refuse('MalformedRequest', { why: 'x'.repeat(1e5) }).message).toHaveLength(2048);
  const long = requestOf('GET', `/api/v1/namespaces/shop/pods/${'n'.repeat(9000)}`);
  expect(refuse('NoRule', { request: long, policy }).message.length).toBeLessThan(500);
});

describe('as a Status', () => {
  test('it is what the API server would answer, with the code as its cause', () => {
    expect(toStatus(all.NoRule[0])).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: all.NoRule[3],
      reason: 'Forbidden',
      details: {
        name: 'web',
        group: 'apps',
        kind: 'deployments',
        causes: [{ reason: 'NoRule', message: all.NoRule[3] }],
      },
      code: 403,
    });
  });

  test('it leaves out what was not asked', () => {
    expect(toStatus(all.MalformedTarget[0]).details).toEqual({
      causes: [{ reason: 'MalformedTarget', message: all.MalformedTarget[3] }],
    });
    expect(
      toStatus(refuse('NoRule', { request: requestOf('GET', '/api/v1/pods'), policy })).details,
    ).toMatchObject({ kind: 'pods' });
  });
});
