import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, decideAgain } from './decide.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf, revealTls } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';
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
    ['a write of a Secret', 'PATCH', `${core}/secrets/web-tls`, {}, 1, 'SecretWriteNotYet'],
    ['a write of a pod', 'POST', `${core}/pods`, {}, 1, 'WorkloadWriteNotYet'],
    ['exec', 'GET', `${core}/pods/web/exec?command=sh`, {}, 1, 'StreamNotYet'],
    [
      'a review of its own access',
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      {},
      1,
      'ReviewNotYet',
    ],
  ])('%s: %s %s', (_, method, target, facts, nowMs, code) => {
    expect(ask(method, target, facts, nowMs)).toMatchObject({ kind: 'refusal', code });
  });

  test('exec and writes of pods even where a rule covers them', () => {
    const standing = withStanding({
      ...readPods,
      resources: ['pods', 'pods/exec'],
      resourceNames: ['web'],
      verbs: ['get', 'create', 'patch'],
    });
    expect(ask('GET', `${core}/pods/web/exec`, standing)).toMatchObject({ code: 'StreamNotYet' });
    expect(ask('PATCH', `${core}/pods/web`, standing)).toMatchObject({ code: 'WorkloadWriteNotYet' });
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

  test('a list that could hold what never names', () => {
    const never = [{ ...readPods, resourceNames: ['vault'] }];
    const facts = { policies: [policyOf({ never })] };
    expect(ask('GET', `${core}/pods/vault`, facts)).toMatchObject({ code: 'Never' });
    expect(ask('GET', `${core}/pods`, facts)).toMatchObject({ code: 'Never' });
    expect(ask('GET', `${core}/pods/web`, facts).kind).toBe('permit');
  });
});

describe('decided again', () => {
  const masked = { ...revealTls, reveal: undefined };
  const facts = { ...withStanding(masked), grants: [grantOf()] };
  const request = requestOf('GET', `${core}/secrets/web-tls`);

  test('a permit that revealed is refused where only a masked one is left', () => {
    const permit = decide(request, entitlementsOf(facts), 0);
    if (permit.kind === 'refusal') throw new Error(permit.message);
    expect(permit.reveal).toBe(true);
    const after = entitlementsOf({ ...facts, grants: [] });
    expect(decideAgain(permit, after, 0)).toMatchObject({
      code: 'RevealEnded',
      message: expect.stringContaining('; AgentPolicy agents/triage standing.rules[0] does now, '),
    });
    expect(decide(request, after, 0)).toMatchObject({ kind: 'permit', reveal: false });
  });

  test('a permit that did not reveal goes on under any rule that covers it', () => {
    const permit = decide(request, entitlementsOf({ ...facts, grants: [] }), 0);
    if (permit.kind === 'refusal') throw new Error(permit.message);
    expect(decideAgain(permit, entitlementsOf(facts), 0)).toMatchObject({ kind: 'permit' });
  });
});

describe('what may create needs create', () => {
  const rule = { ...readPods, resources: ['configmaps'] };
  const update = withStanding({ ...rule, verbs: ['update', 'patch'] });
  const both = withStanding({ ...rule, verbs: ['update', 'patch'] }, { ...rule, verbs: ['create'] });
  const object = `${core}/configmaps/web`;

  test('a PUT and an apply are refused without it', () => {
    expect(ask('PUT', object, update)).toMatchObject({
      code: 'NoRule',
      message: expect.stringContaining(
        'create configmaps "web" in namespace shop (its PUT creates what is not there): ',
      ),
    });
    expect(ask('PATCH', object, update, 1, 'application/apply-patch+yaml')).toMatchObject({ code: 'NoRule' });
    expect(ask('PATCH', object, update)).toMatchObject({ code: 'NoRule' });
  });

  test('and permitted with it, as what they are', () => {
    expect(ask('PUT', object, both)).toMatchObject({ kind: 'permit', request: { verb: 'update' } });
    expect(ask('PATCH', object, both, 1, 'application/apply-patch+yaml')).toMatchObject({
      request: { verb: 'patch' },
    });
  });

  test('a patch that only changes needs none', () => {
    expect(ask('PATCH', object, update, 1, 'application/merge-patch+json').kind).toBe('permit');
  });

  test('a permit of both ends with the first of their rules', () => {
    const scopes = [{ name: 'make', maxDuration: '10m', rules: [{ ...rule, verbs: ['create'] }] }];
    const policies = [
      policyOf({ scopes, standing: { lifetime: '8h', rules: [{ ...rule, verbs: ['update'] }] } }),
    ];
    expect(ask('PUT', object, { policies, grants: [grantOf({ scope: 'make' })] })).toMatchObject({
      rule: 'AgentPolicy agents/triage standing.rules[0]',
      until: 300_000,
    });
  });

  test('a never on create holds for a PUT', () => {
    const policies = [policyOf({ ...both.policies[0]?.spec, never: [{ ...rule, verbs: ['create'] }] })];
    expect(ask('PUT', object, { policies })).toMatchObject({ code: 'Never' });
  });
});

// Small alphabets, so that rules and requests meet often; kinds that are not built in, which may lie anywhere.
const some = (...words: string[]) => fc.subarray(words, { minLength: 1 });
const place = fc.oneof(
  some('a', 'b').map((namespaces) => ({ namespaces })),
  fc.constant({ allNamespaces: true as const }),
  fc.constant({ clusterScoped: true as const }),
);
const rule = fc
  .record(
    {
      apiGroups: some('a.example', 'b.example'),
      resources: some('things', 'widgets', 'widgets/status'),
      resourceNames: some('x', 'y'),
      verbs: some('get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'),
    },
    { requiredKeys: ['apiGroups', 'resources', 'verbs'] },
  )
  .chain((rest) => place.map((where) => ({ ...where, ...rest }) as Rule));
const rules = fc.array(rule, { minLength: 1, maxLength: 3 });
const world = fc
  .record({ standing: rules, never: rules, scope: rules, hasNever: fc.boolean(), granted: fc.boolean() })
  .map(({ standing, never, scope, hasNever, granted }) => {
    const spec = {
      standing: { lifetime: '8h', rules: standing },
      scopes: [{ name: 's', maxDuration: '10m', rules: scope }],
      ...(hasNever && { never }),
    };
    const facts = {
      policies: [policyOf(spec)],
      grants: granted ? [grantOf({ scope: 's' })] : [],
      standingRemainingMs: 30_000,
    };
    const giving = [
      ...standing.map((each) => [each, 30_000] as const),
      ...(granted ? scope.map((each) => [each, 300_000] as const) : []),
    ];
    return { entitlements: entitlementsOf(facts), giving, never: hasNever ? never : [] };
  });
const request = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
    fc.constantFrom('/apis/a.example/v1', '/apis/b.example/v1'),
    fc.constantFrom('', '/namespaces/a', '/namespaces/b', '/namespaces/c'),
    fc.constantFrom('/things', '/widgets', '/gadgets'),
    fc.constantFrom('', '/x', '/y', '/x/status', '/x/exec'),
    fc.constantFrom('', '?watch=1', '?fieldSelector=metadata.name=x'),
  )
  .map(([method, ...target]) => requestOf(method, target.join('')));

test('permits nothing that some live rule does not name word for word, and nothing at or after its end', () => {
  let permits = 0;
  fc.assert(
    fc.property(
      world,
      request,
      fc.constantFrom(0, 29_999, 30_000, 59_999, 60_000),
      ({ entitlements, giving }, asked, now) => {
        const decision = decide(asked, entitlements, now, 'application/merge-patch+json');
        if (decision.kind === 'refusal' || asked.kind === 'nonResource') return;
        permits++;
        const key = [asked.resource, asked.subresource].filter((part) => part !== undefined).join('/');
        const naming = giving.filter(([each, until]) =>
          until === decision.until || asked.verb === 'update'
            ? now < until &&
              (each.verbs as string[]).includes(asked.verb) &&
              each.apiGroups?.includes(asked.apiGroup) &&
              each.resources?.includes(key) &&
              (each.resourceNames === undefined || each.resourceNames.includes(asked.name ?? '')) &&
              (asked.namespace === undefined
                ? each.clusterScoped || (each.allNamespaces && ['list', 'watch'].includes(asked.verb))
                : each.allNamespaces || each.namespaces?.includes(asked.namespace))
            : false,
        );
        expect(naming).not.toEqual([]);
        expect(now).toBeLessThan(60_000);
        expect(decide(asked, entitlements, decision.until, 'application/merge-patch+json')).not.toMatchObject(
          {
            rule: decision.rule,
            until: decision.until,
            kind: 'permit',
          },
        );
      },
    ),
    { numRuns: 4000 },
  );
  expect(permits).toBeGreaterThan(100);
});

test('never beats everything: with never for all that the rules give, nothing is permitted', () => {
  fc.assert(
    fc.property(rules, rules, request, (standing, scope, asked) => {
      const spec = {
        standing: { lifetime: '8h', rules: standing },
        scopes: [{ name: 's', maxDuration: '10m', rules: scope }],
        never: [...standing, ...scope],
      };
      const entitlements = entitlementsOf({ policies: [policyOf(spec)], grants: [grantOf({ scope: 's' })] });
      expect(decide(asked, entitlements, 1, 'application/merge-patch+json').kind).toBe('refusal');
    }),
    { numRuns: 2000 },
  );
});
