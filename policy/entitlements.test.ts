import { expect, test } from 'vitest';
import { receiveSnapshot } from './entitlements.ts';
import { factsOf, grantOf, policyOf, readPods, requestOf, revealTls } from './fixtures.ts';
import { named } from './rule-index.ts';
import { takeSnapshot } from './take-snapshot.ts';

const received = receiveSnapshot(
  takeSnapshot(factsOf({ policies: [policyOf({ never: [readPods] })], grants: [grantOf()] })),
  1000,
);

test('counts every deadline from the arrival, on its clock', () => {
  expect(received.leaseUntil).toBe(61_000);
  if (received.held.kind !== 'policy') throw new Error(received.held.kind);
  const secret = requestOf('GET', '/api/v1/namespaces/shop/secrets/web-tls');
  expect(named(received.held.holdings, secret)).toEqual([
    {
      source: 'grant',
      text: 'Grant agents/triage-7f2',
      rule: revealTls,
      until: 301_000,
      grant: 'agents/triage-7f2',
      scope: 'read-web-tls',
      task: 'INC-4711 renew the shop certificate',
    },
  ]);
  const log = requestOf('GET', '/api/v1/namespaces/shop/pods/a/log');
  expect(named(received.held.holdings, log)).toMatchObject([
    { source: 'standing', text: 'AgentPolicy agents/triage standing.rules[0]', until: 3_601_000 },
  ]);
  expect(named(received.held.bans, log)).toEqual([
    { text: 'AgentPolicy agents/triage never[0]', rule: readPods },
  ]);
});

test('enforces unless the policy says that it observes', () => {
  const modeOf = (spec: object) =>
    receiveSnapshot(takeSnapshot(factsOf({ policies: [policyOf(spec)] })), 0).held;
  expect(modeOf({})).toMatchObject({ mode: 'Enforce' });
  expect(modeOf({ mode: 'Enforce' })).toMatchObject({ mode: 'Enforce' });
  expect(modeOf({ mode: 'Observe' })).toMatchObject({ mode: 'Observe' });
});

test('names who has no policy, and which policies are in conflict', () => {
  expect(receiveSnapshot(takeSnapshot(factsOf({ policies: [] })), 0).held).toEqual({
    kind: 'none',
    serviceAccount: 'agents/triage-bot',
  });
  const policies = [policyOf({}, 'a'), policyOf({}, 'b')];
  expect(receiveSnapshot(takeSnapshot(factsOf({ policies })), 0).held).toEqual({
    kind: 'conflict',
    policies: ['agents/a', 'agents/b'],
  });
});
