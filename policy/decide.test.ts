import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf, revealTls } from './fixtures.ts';
import type { Facts } from './take-snapshot.ts';

const ask = (method: string, target: string, facts: Partial<Facts> = {}, nowMs = 1, contentType?: string) =>
  decide(requestOf(method, target), entitlementsOf({ leaseMs: 60_000, ...facts }), nowMs, contentType);

const core = '/api/v1/namespaces/shop';
const withStanding = (...rules: object[]) => ({
  policies: [policyOf({ standing: { lifetime: '8h', rules } })],
});
const withGrant = { grants: [grantOf()] };

describe('permits', () => {
  test('what a standing rule covers, until the rules end', () => {
    expect(ask('GET', `${core}/pods?watch=1`)).toMatchObject({
      kind: 'permit',
      rule: 'AgentPolicy agents/triage standing.rules[0]',
      until: 3_600_000,
      reveal: false,
      grant: undefined,
      task: undefined,
    });
  });

  test('what a live Grant covers, until it ends, with its task', () => {
    expect(ask('GET', `${core}/secrets/web-tls`, withGrant)).toMatchObject({
      kind: 'permit',
      rule: 'Grant agents/triage-7f2',
      until: 300_000,
      reveal: true,
      grant: 'agents/triage-7f2',
      task: 'INC-4711 renew the shop certificate',
    });
  });

  test('by a Grant where a standing rule covers it too', () => {
    const standing = withStanding({ ...readPods, resources: ['secrets'], verbs: ['get'] });
    expect(ask('GET', `${core}/secrets/web-tls`, { ...standing, ...withGrant })).toMatchObject({
      reveal: true,
    });
    expect(ask('GET', `${core}/secrets/web-tls`, standing)).toMatchObject({ kind: 'permit', reveal: false });
  });

  test('by a Grant where a standing rule holds longer and shows as little', () => {
    const scopes = [{ name: 'pods', maxDuration: '10m', rules: [readPods] }];
    const facts = { policies: [policyOf({ scopes })], grants: [grantOf({ scope: 'pods' })] };
    expect(ask('GET', `${core}/pods`, facts)).toMatchObject({
      rule: 'Grant agents/triage-7f2',
      until: 300_000,
    });
  });

  test('by the Grant that reveals, then by the one that holds longest', () => {
    const { reveal: _, ...masked } = revealTls;
    const named = (name: string, grant = grantOf()) => ({
      ...grant,
      metadata: { name, namespace: 'agents' },
    });
    const grants = [
      named('masked', grantOf({ rules: [masked] }, { expiresAt: '2026-01-01T00:09:00Z' })),
      named('short', grantOf({}, { expiresAt: '2026-01-01T00:01:00Z' })),
      named('long'),
    ];
    expect(ask('GET', `${core}/secrets/web-tls`, { grants })).toMatchObject({ rule: 'Grant agents/long' });
  });

  test('discovery and whoami without a rule, as long as the lease', () => {
    expect(ask('GET', '/apis/apps/v1')).toMatchObject({ kind: 'permit', rule: 'discovery', until: 60_000 });
    expect(ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews')).toMatchObject({
      rule: 'whoami',
    });
  });

  test('discovery without a policy or under two, so that the next refusal can be read', () => {
    const two = [policyOf({}, 'a'), policyOf({}, 'b')];
    for (const policies of [[], two]) {
      expect(ask('GET', '/apis', { policies })).toMatchObject({ rule: 'discovery', until: 60_000 });
    }
  });

  test('the delete of a pod that a rule covers', () => {
    expect(ask('DELETE', `${core}/pods/web`, withStanding({ ...readPods, verbs: ['delete'] })).kind).toBe(
      'permit',
    );
  });

  test('a list across all namespaces, but for chaperone’s own', () => {
    const standing = withStanding({
      allNamespaces: true,
      apiGroups: [''],
      resources: ['pods'],
      verbs: ['list'],
    });
    expect(ask('GET', '/api/v1/pods', standing)).toMatchObject({
      target: '/api/v1/pods?fieldSelector=metadata.namespace!%3Dchaperone-system',
    });
  });

  test('a closed resource by a rule that names the object', () => {
    const standing = withStanding({
      clusterScoped: true,
      apiGroups: [''],
      resources: ['nodes'],
      resourceNames: ['n1'],
      verbs: ['get', 'list'],
    });
    expect(ask('GET', '/api/v1/nodes/n1', standing).kind).toBe('permit');
    expect(ask('GET', '/api/v1/nodes?fieldSelector=metadata.name=n1', standing).kind).toBe('permit');
    expect(ask('GET', '/api/v1/nodes/n2', standing)).toMatchObject({ code: 'ClosedUnlessNamed' });
    expect(ask('GET', '/api/v1/nodes', standing)).toMatchObject({ code: 'ClosedUnlessNamed' });
  });
});

describe('refuses', () => {
  test.each<[string, string, string, Partial<Facts>, number, string]>([
    ['everything once the lease has run out', 'GET', '/api', {}, 60_000, 'StaleLease'],
    ['everything at a time that is no number', 'GET', '/api', {}, Number.NaN, 'StaleLease'],
    ['a resource without a policy', 'GET', `${core}/pods`, { policies: [] }, 1, 'NoPolicy'],
    [
      'even whoami without a policy',
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { policies: [] },
      1,
      'NoPolicy',
    ],
    [
      'a resource under two policies',
      'GET',
      `${core}/pods`,
      { policies: [policyOf({}, 'a'), policyOf({}, 'b')] },
      1,
      'PolicyConflict',
    ],
    ['what no rule names', 'DELETE', `${core}/pods/web`, {}, 1, 'NoRule'],
    ['a resource nobody knows', 'GET', '/apis/new.example.com/v1/things', {}, 1, 'NoRule'],
    ['a path no rule names', 'GET', '/metrics', {}, 1, 'NoRule'],
    ['what a standing rule covered', 'GET', `${core}/pods`, { standingRemainingMs: 5 }, 5, 'StandingEnded'],
    [
      'what a Grant covered',
      'GET',
      `${core}/secrets/web-tls`,
      { grants: [grantOf({}, { phase: 'Ended' })] },
      1,
      'GrantEnded',
    ],
    ['what only a scope covers', 'GET', `${core}/secrets/web-tls`, {}, 1, 'GrantAvailable'],
    [
      'what is closed',
      'POST',
      '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles',
      {},
      1,
      'ClosedList',
    ],
    [
      "what lies in chaperone's namespace",
      'GET',
      '/api/v1/namespaces/chaperone-system/pods',
      {},
      1,
      'ClosedList',
    ],
    [
      "a write to the agent's own pod",
      'DELETE',
      '/api/v1/namespaces/agents/pods/triage-5d9c',
      {},
      1,
      'ClosedList',
    ],
    ['a write of a pod that nothing guards', 'POST', `${core}/pods`, { guarded: false }, 1, 'NotGuarded'],
    [
      'a write of a kind that is not built in',
      'POST',
      '/apis/new.example.com/v1/namespaces/shop/things',
      {},
      1,
      'KindNotNamed',
    ],
    ['exec', 'GET', `${core}/pods/web/exec?command=sh`, {}, 1, 'ClosedUnlessNamed'],
    ['what a proxy carries', 'GET', `${core}/services/web/proxy/metrics`, {}, 1, 'StreamNotYet'],
  ])('%s: %s %s', (_, method, target, facts, nowMs, code) => {
    expect(ask(method, target, facts, nowMs)).toMatchObject({ kind: 'refusal', code });
  });

  test('a proxy even where a rule covers it', () => {
    const rule = { ...readPods, resources: ['pods/proxy'], resourceNames: ['web'], verbs: ['get', 'create'] };
    expect(ask('GET', `${core}/pods/web/proxy`, withStanding(rule))).toMatchObject({ code: 'StreamNotYet' });
  });

  test('the own pod by a rule that does not name it', () => {
    const own = '/api/v1/namespaces/agents/pods/triage-5d9c';
    const rule = { ...readPods, namespaces: ['agents'] };
    expect(ask('GET', own, withStanding(rule))).toMatchObject({ code: 'ClosedUnlessNamed' });
    expect(ask('GET', own, withStanding({ ...rule, resourceNames: ['triage-5d9c'] })).kind).toBe('permit');
  });

  test('never, before Grants, standing rules and discovery, and names the rule', () => {
    const never = [
      {
        allNamespaces: true,
        apiGroups: [''],
        resources: ['pods', 'secrets'],
        verbs: ['get', 'list', 'watch'],
      },
      { nonResourceURLs: ['/version'], verbs: ['get'] },
    ];
    const facts = { policies: [policyOf({ never })], ...withGrant };
    expect(ask('GET', `${core}/secrets/web-tls`, facts)).toMatchObject({
      code: 'Never',
      rule: 'AgentPolicy agents/triage never[0]',
    });
    expect(ask('GET', `${core}/pods`, facts)).toMatchObject({ code: 'Never' });
    expect(ask('GET', '/version', facts)).toMatchObject({
      code: 'Never',
      rule: 'AgentPolicy agents/triage never[1]',
    });
  });

  test('also of a path of discovery that is asked for with a slash at its end', () => {
    const never = [{ nonResourceURLs: ['/version', '/apis/apps'], verbs: ['get', 'head'] }];
    const facts = { policies: [policyOf({ never })] };
    for (const path of ['/version', '/version/', '/apis/apps', '/apis/apps/'])
      expect([path, ask('GET', path, facts)]).toMatchObject([path, { code: 'Never' }]);
    expect(ask('GET', '/apis/', facts)).toMatchObject({ kind: 'permit' });
  });

  test('a list that could hold what never names', () => {
    const never = [{ ...readPods, resourceNames: ['vault'] }];
    const facts = { policies: [policyOf({ never })] };
    expect(ask('GET', `${core}/pods/vault`, facts)).toMatchObject({ code: 'Never' });
    expect(ask('GET', `${core}/pods`, facts)).toMatchObject({ code: 'Never' });
    expect(ask('GET', `${core}/pods/web`, facts).kind).toBe('permit');
  });
});
