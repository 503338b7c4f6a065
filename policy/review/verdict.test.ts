import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ApiRequest, readApiRequest } from '../api-request.ts';
import { decide } from '../decide.ts';
import { entitlementsOf, grantOf, policyOf, readPods } from '../fixtures.ts';
import { execRule, portsRule } from '../streams.fixture.ts';
import type { Facts } from '../take-snapshot.ts';
import type { AccessSpec } from './read.ts';
import { accessStatus, verdictOf } from './verdict.ts';

type Asked = Record<string, unknown>;
const verdict = (asked: Asked, facts: Partial<Facts> = {}, nowMs = 1) =>
  verdictOf({ resourceAttributes: asked } as unknown as AccessSpec, entitlementsOf(facts), nowMs);
const ofPath = (path: string, verb = 'get', facts: Partial<Facts> = {}) =>
  verdictOf({ nonResourceAttributes: { path, verb } } as unknown as AccessSpec, entitlementsOf(facts), 1);
const policies = (spec: object) => ({ policies: [policyOf(spec)] });
const standing = (...rules: object[]) => policies({ standing: { lifetime: '8h', rules } });

const pods = { namespace: 'shop', verb: 'get', group: '', resource: 'pods' };
const yes = { kind: 'allows' };
const no = (code: string, message: RegExp = /./) => ({
  kind: 'refuses',
  refusal: { code, message: expect.stringMatching(message) },
});

describe('the policy says', () => {
  test.each<[string, Asked]>([
    ['a verb on a resource', pods],
    ['a subresource', { ...pods, subresource: 'log' }],
    ['any version', { ...pods, version: '*' }],
    ['one object', { ...pods, name: 'web' }],
    [
      'who one is',
      { verb: 'create', group: 'authentication.k8s.io', resource: 'selfsubjectreviews', namespace: 'shop' },
    ],
    [
      'a review of itself',
      { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectrulesreviews' },
    ],
  ])('yes to %s', (_, asked) => {
    expect(verdict(asked)).toMatchObject(yes);
  });

  test.each<[string, Asked, string, RegExp]>([
    ['another verb', { ...pods, verb: 'delete' }, 'NoRule', /it allows get, list, watch of pods/],
    ['another namespace', { ...pods, namespace: 'agents' }, 'NoRule', /in namespace agents/],
    [
      'a scope that could be asked for',
      { ...pods, resource: 'secrets', name: 'web-tls' },
      'GrantAvailable',
      /scope read-web-tls/,
    ],
    [
      'all of it',
      { ...pods, verb: '*', resource: '*' },
      'NotOneCall',
      /refuses "\*" "\*" in namespace shop: .*star/,
    ],
    ['every group', { ...pods, group: '*' }, 'NotOneCall', /star/],
    ['every object', { ...pods, name: '*' }, 'NotOneCall', /star/],
    ['a verb of RBAC alone', { ...pods, verb: 'impersonate' }, 'ClosedList', /no rule can be written/],
    ['every namespace at once', { verb: 'get', resource: 'pods' }, 'NotOneCall', /and get is of one/],
    ['no verb', { ...pods, verb: undefined }, 'NotOneCall', /no verb/],
    ['a subresource in the place of a resource', { ...pods, resource: 'pods/log' }, 'NotOneCall', /no path/],
    ['a name with a slash', { ...pods, name: 'web/log' }, 'NotOneCall', /no path/],
    ['what is hidden in a name', { ...pods, name: 'web\u0000' }, 'NotOneCall', /no path/],
    [
      'a path of an upgrade',
      { ...pods, verb: 'create', subresource: 'exec', name: 'web' },
      'ClosedUnlessNamed',
      /./,
    ],
    [
      'reviews of others',
      { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' },
      'ClosedList',
      /others/,
    ],
  ])('no to %s', (_, asked, code, message) => {
    expect(verdict(asked)).toMatchObject(no(code, message));
  });

  test('of a stream as far as a rule gives any: by create, into that pod', () => {
    const facts = standing(execRule(['app'], ['ls']), portsRule(80));
    const exec = { ...pods, verb: 'create', subresource: 'exec', name: 'web-0' };
    expect(verdict(exec, facts)).toMatchObject(yes);
    expect(verdict({ ...exec, subresource: 'portforward' }, facts)).toMatchObject(yes);
    expect(verdict({ ...exec, subresource: 'attach' }, facts)).toMatchObject(no('ClosedUnlessNamed'));
    expect(verdict({ ...exec, name: 'web-1' }, facts)).toMatchObject(no('ClosedUnlessNamed'));
    expect(verdict({ ...exec, name: undefined }, facts)).toMatchObject(no('ClosedUnlessNamed'));
    expect(verdict({ ...exec, verb: 'get' }, facts)).toMatchObject(no('ClosedList', /must be \[create\]/));
    expect(verdict(exec, { ...facts, standingRemainingMs: 0 })).toMatchObject(no('StandingEnded'));
    const never = [{ ...readPods, resources: ['pods/exec'], verbs: ['get'] }];
    const rules = { standing: { lifetime: '8h', rules: [execRule(['app'], ['ls'])] } };
    expect(verdict(exec, policies({ ...rules, never }))).toMatchObject(no('Never'));
    const scopes = [{ name: 's', maxDuration: '1h', rules: [execRule(['app'], ['ls'])] }];
    expect(verdict(exec, policies({ scopes }))).toMatchObject(no('GrantAvailable', /scope s /));
  });

  test('yes to what discovery shows and rules name, and no to other paths', () => {
    expect(ofPath('/version')).toMatchObject(yes);
    expect(ofPath('/version/')).toMatchObject(yes);
    expect(ofPath('/apis/apps/v1', 'head')).toMatchObject(yes);
    expect(ofPath('/metrics')).toMatchObject(no('NoRule'));
    expect(ofPath('/version', 'post')).toMatchObject(no('ClosedList'));
    for (const path of [
      '/api/*',
      '*',
      '',
      'version',
      '/version?a',
      '/%61pi',
      '/api//v1',
      '/../version',
      '/api/v1/pods',
    ])
      expect(ofPath(path)).toMatchObject(no('NotOneCall'));
    expect(
      ofPath('/metrics', 'get', standing({ nonResourceURLs: ['/metrics'], verbs: ['get'] })),
    ).toMatchObject(yes);
  });

  test('of a list, the name that its fieldSelector requires', () => {
    const one = { ...readPods, resourceNames: ['web'] };
    const facts = standing(one);
    const list = (fieldSelector: object, verb = 'list') =>
      verdict({ ...pods, verb, fieldSelector }, facts).kind;
    const requires = (...values: string[]) => ({ key: 'metadata.name', operator: 'In', values });
    expect(list({ rawSelector: 'metadata.name=web' })).toBe('allows');
    expect(list({ rawSelector: 'metadata.name=web' }, 'watch')).toBe('allows');
    expect(list({ requirements: [requires('web')] })).toBe('allows');
    expect(
      list({ requirements: [requires('web'), { key: 'status.phase', operator: 'In', values: ['x'] }] }),
    ).toBe('allows');
    expect(list({ rawSelector: 'metadata.name=web' }, 'get')).toBe('refuses');
    expect(list({ rawSelector: 'metadata.name=db' })).toBe('refuses');
    expect(list({ rawSelector: 'metadata.name!=web' })).toBe('refuses');
    expect(list({ rawSelector: 'metadata.name=web,metadata.name=db' })).toBe('refuses');
    expect(list({ requirements: [requires('web'), requires('db')] })).toBe('refuses');
    expect(list({ requirements: [requires('web', 'db')] })).toBe('refuses');
    expect(list({ requirements: [requires('web,status.phase=x')] })).toBe('refuses');
  });

  test('what lies in no namespace is asked for in none, whatever namespace a client puts there', () => {
    const node = { verb: 'get', resource: 'nodes', name: 'n1', namespace: 'shop' };
    const rule = {
      clusterScoped: true,
      apiGroups: [''],
      resources: ['nodes'],
      resourceNames: ['n1'],
      verbs: ['get'],
    };
    expect(verdict(node, standing(rule))).toMatchObject(yes);
    const classes = {
      verb: 'get',
      group: 'storage.k8s.io',
      resource: 'storageclasses',
      namespace: 'shop',
      name: 'a',
    };
    const everywhere = {
      allNamespaces: true,
      apiGroups: ['storage.k8s.io'],
      resources: ['storageclasses'],
      verbs: ['get'],
    };
    expect(verdict(classes, standing(everywhere))).toMatchObject(no('NoRule'));
    const issuer = { verb: 'list', group: 'cert-manager.io', resource: 'clusterissuers', namespace: 'shop' };
    const custom = { apiGroups: ['cert-manager.io'], resources: ['clusterissuers'], verbs: ['list'] };
    expect(
      verdict({ ...issuer, namespace: undefined }, standing({ clusterScoped: true, ...custom })),
    ).toMatchObject(yes);
    expect(verdict(issuer, standing({ namespaces: ['shop'], ...custom }))).toMatchObject(yes);
    expect(
      verdict({ verb: 'get', resource: 'namespaces', name: 'chaperone-system', namespace: 'shop' }),
    ).toMatchObject(no('ClosedList', /chaperone's own/));
  });

  test('of a kind that is not built in, a namespace that is asked for counts, whatever a rule takes it for', () => {
    const widget = { verb: 'get', group: 'x.io', resource: 'widgets', namespace: 'shop', name: 'a' };
    const rule = { clusterScoped: true, apiGroups: ['x.io'], resources: ['widgets'], verbs: ['get'] };
    expect(verdict(widget, standing(rule))).toMatchObject(
      no('NoRule', /it allows get of widgets of group x\.io \(cluster-scoped\)/),
    );
    const elsewhere = { ...rule, clusterScoped: undefined, namespaces: ['shop'] };
    expect(verdict({ ...widget, namespace: undefined }, standing(elsewhere))).toMatchObject(no('NoRule'));
  });

  test('of a deletecollection, all that it may reach, whatever object is named', () => {
    const all = { ...readPods, resources: ['configmaps'], verbs: ['deletecollection'] };
    const asked = { ...pods, resource: 'configmaps', verb: 'deletecollection', name: 'foo' };
    expect(verdict(asked, standing(all))).toMatchObject(yes);
    const never = [{ ...all, resourceNames: ['keep'] }];
    expect(verdict(asked, policies({ standing: { lifetime: '8h', rules: [all] }, never }))).toMatchObject(
      no('Never'),
    );
  });

  test('of a create that names its object, the POST, which names none, and the create of a PUT', () => {
    const create = { ...readPods, resources: ['services'], verbs: ['create', 'update'] };
    const asked = { ...pods, resource: 'services', verb: 'create', name: 'web' };
    expect(verdict(asked, standing(create))).toMatchObject(yes);
    const one = standing({ ...create, resourceNames: ['web'] });
    expect(verdict(asked, one)).toMatchObject(no('NoRule', /create services in namespace shop/));
    expect(verdict({ ...asked, verb: 'update' }, one)).toMatchObject(yes);
    const never = [{ ...create, resourceNames: ['web'] }];
    expect(
      verdict({ ...asked, name: 'db' }, policies({ standing: { lifetime: '8h', rules: [create] }, never })),
    ).toMatchObject(no('Never'));
    const own = standing({ ...create, namespaces: ['agents'], resources: ['pods'] });
    const pod = { ...asked, namespace: 'agents', resource: 'pods' };
    expect(verdict(pod, own)).toMatchObject(yes);
    expect(verdict({ ...pod, name: 'triage-5d9c' }, own)).toMatchObject(no('ClosedList'));
  });

  test('of a policy that observes, what Enforce would have said to either', () => {
    const create = { ...readPods, resources: ['services'], resourceNames: ['web'], verbs: ['create'] };
    const held = policies({ mode: 'Observe', standing: { lifetime: '8h', rules: [create] } });
    const asked = { ...pods, resource: 'services', verb: 'create' };
    const instead = { code: 'NoRule' };
    expect(verdict({ ...asked, name: 'web' }, held)).toMatchObject({ ...yes, instead });
    expect(verdict({ ...asked, name: 'db' }, held)).toMatchObject({ ...yes, instead });
  });

  test('of a list of one Namespace, what a list of it is: in no namespace, for any ban of it to take', () => {
    const one = { clusterScoped: true, apiGroups: [''], resources: ['namespaces'], resourceNames: ['web'] };
    const rules = [{ ...one, verbs: ['list', 'get'] }];
    const never = [
      { namespaces: ['db'], apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'get'] },
    ];
    const held = policies({ standing: { lifetime: '8h', rules }, never });
    const asked = { verb: 'list', resource: 'namespaces', name: 'web' };
    const call = readApiRequest('GET', '/api/v1/namespaces?fieldSelector=metadata.name%3Dweb') as ApiRequest;
    expect(decide(call, entitlementsOf(held), 1)).toMatchObject({ code: 'Never' });
    expect(verdict(asked, held)).toMatchObject(no('Never'));
    expect(verdict({ ...asked, verb: 'get' }, held)).toMatchObject(yes);
  });

  test('no to an update where the PUT could not create', () => {
    const rule = { ...readPods, resources: ['configmaps'], verbs: ['update', 'patch'] };
    const asked = { ...pods, resource: 'configmaps', name: 'a' };
    expect(verdict({ ...asked, verb: 'update' }, standing(rule))).toMatchObject(
      no('NoRule', /its PUT creates/),
    );
    expect(verdict({ ...asked, verb: 'patch' }, standing(rule))).toMatchObject(yes);
  });

  test('yes within a Grant and no at its end; nothing after the lease', () => {
    const tls = { ...pods, resource: 'secrets', name: 'web-tls' };
    const facts = { grants: [grantOf()], leaseMs: 60_000 };
    expect(verdict(tls, facts)).toMatchObject({ ...yes, rule: 'Grant agents/triage-7f2' });
    expect(verdict(tls, { grants: [grantOf({}, { phase: 'Ended' })] })).toMatchObject(no('GrantEnded'));
    expect(verdict(tls, facts, 60_000)).toMatchObject(no('StaleLease'));
    expect(verdict(pods, { policies: [] })).toMatchObject(no('NoPolicy'));
  });
});

describe('policy AND API server', () => {
  const status = (asked: Asked, fromServer: unknown, facts?: Partial<Facts>) =>
    accessStatus(verdict(asked, facts), fromServer);
  const byRbac = { allowed: true, reason: 'RBAC: allowed by RoleBinding "x"' };

  test('both: what the API server said', () => {
    expect(status(pods, byRbac)).toEqual(byRbac);
    expect(status(pods, { allowed: true, evaluationError: 'role not found' })).toEqual({
      allowed: true,
      evaluationError: 'role not found',
    });
  });

  test('the policy alone: no, and whose no it is', () => {
    expect(status(pods, { allowed: false })).toEqual({
      allowed: false,
      reason: 'AgentPolicy agents/triage standing.rules[0] covers it, and the API server does not allow it',
    });
    expect(status(pods, { allowed: false, denied: true, reason: 'webhook says no' })).toEqual({
      allowed: false,
      denied: true,
      reason:
        'AgentPolicy agents/triage standing.rules[0] covers it, and the API server does not allow it: webhook says no',
    });
  });

  test('the API server alone: no, with what decided and what to do next', () => {
    const asked = { ...pods, verb: 'delete' };
    const reason =
      /^chaperone refuses delete pods in namespace shop: .* Ask the owners of that policy[^.]*\.$/;
    expect(status(asked, byRbac)).toEqual({ allowed: false, reason: expect.stringMatching(reason) });
  });

  test('neither: the reason of either is there', () => {
    const answer = status({ ...pods, verb: 'delete' }, { allowed: false, reason: 'no role' });
    expect(answer?.reason).toMatch(
      /^chaperone refuses .*\. The API server does not allow it either: no role\.$/,
    );
  });

  test.each<[Asked, Partial<Facts>, boolean | undefined]>([
    [pods, policies({ never: [readPods] }), true],
    [{ ...pods, resource: 'serviceaccounts', subresource: 'token', verb: 'create', name: 'a' }, {}, true],
    [{ ...pods, verb: 'delete' }, {}, undefined],
    [{ ...pods, resource: 'secrets', name: 'web-tls' }, {}, undefined],
    [{ ...pods, resource: '*' }, {}, undefined],
  ])('%j is denied, and not only without an opinion, where nothing opens it', (asked, facts, denied) => {
    expect(status(asked, byRbac, facts)?.denied).toBe(denied);
  });

  test('a policy that observes says yes, with what Enforce would have said', () => {
    const facts = policies({ mode: 'Observe' });
    const answer = status({ ...pods, verb: 'delete' }, byRbac, facts);
    expect(answer).toMatchObject({ allowed: true });
    expect(answer?.reason).toMatch(/^RBAC: .*; Enforce would have said: chaperone refuses delete pods/);
    expect(status({ ...pods, verb: 'delete' }, { allowed: false }, facts)).toMatchObject({ allowed: false });
    expect(status({ ...pods, resource: 'nodes' }, byRbac, facts)).toMatchObject({ allowed: false });
  });

  test('however long, a reason of the API server is cut', () => {
    const long = 'x'.repeat(100_000);
    expect(
      status(pods, { allowed: false, reason: long, evaluationError: long })?.reason?.length,
    ).toBeLessThan(2048);
  });

  test.each([undefined, null, {}, { allowed: 'yes' }, []])('%j is no status', (fromServer) => {
    expect(status(pods, fromServer)).toBeUndefined();
  });
});

test('a review says yes exactly where decide permits the call, and of a create with a name no more', () => {
  const rules = [
    readPods,
    {
      namespaces: ['shop'],
      apiGroups: ['apps'],
      resources: ['deployments'],
      verbs: ['get', 'list', 'update', 'create'],
    },
    { allNamespaces: true, apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'delete'] },
    { clusterScoped: true, apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['list'] },
    {
      namespaces: ['agents'],
      apiGroups: [''],
      resources: ['pods'],
      verbs: ['get', 'delete', 'deletecollection'],
    },
    { ...readPods, resources: ['services'], resourceNames: ['web'], verbs: ['create', 'update'] },
    { ...readPods, resources: ['services', 'configmaps'], verbs: ['deletecollection'] },
    { clusterScoped: true, apiGroups: ['x.io'], resources: ['widgets'], verbs: ['get', 'list', 'create'] },
  ];
  const never = [
    { namespaces: ['shop'], apiGroups: [''], resources: ['pods'], resourceNames: ['db'], verbs: ['get'] },
    { ...readPods, resources: ['services'], resourceNames: ['db'], verbs: ['deletecollection'] },
  ];
  const facts = [
    policies({ standing: { lifetime: '8h', rules }, never }),
    policies({ standing: { lifetime: '8h', rules }, never, mode: 'Observe' }),
  ];
  const METHOD: Record<string, string> = {
    create: 'POST',
    update: 'PUT',
    patch: 'PATCH',
    delete: 'DELETE',
    deletecollection: 'DELETE',
    get: 'GET',
  };
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.constantFrom(...facts),
      fc.constantFrom('get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'),
      fc.constantFrom(
        ['', 'pods'],
        ['', 'configmaps'],
        ['', 'secrets'],
        ['', 'services'],
        ['apps', 'deployments'],
        ['storage.k8s.io', 'storageclasses'],
        ['x.io', 'widgets'],
      ),
      fc.constantFrom(undefined, 'log', 'status'),
      fc.constantFrom('shop', 'agents', 'chaperone-system'),
      fc.constantFrom('web', 'db', 'triage-5d9c', 'web-tls'),
      fc.boolean(),
      (held, verb, [group = '', resource = ''], subresource, namespace, name, isSaid) => {
        const clustered = group === 'storage.k8s.io';
        const whole = ['list', 'deletecollection'].includes(verb);
        const named = !whole && (verb !== 'create' || subresource !== undefined);
        // Beside what the call names: what a client may put into a question.
        const says = named || (isSaid && verb !== 'list');
        const base = group === '' ? '/api/v1' : `/apis/${group}/v1`;
        const place = clustered ? '' : `/namespaces/${namespace}`;
        const tail = named ? `/${name}${subresource === undefined ? '' : `/${subresource}`}` : '';
        const request = readApiRequest(
          METHOD[verb] ?? 'GET',
          `${base}${place}/${resource}${tail}`,
        ) as ApiRequest;
        const asked = {
          namespace,
          verb,
          group,
          resource,
          ...(says && { name }),
          ...(named && { subresource }),
        };
        const permitted =
          decide(request, entitlementsOf(held), 1, 'application/merge-patch+json').kind === 'permit';
        const allowed = verdict(asked, held).kind === 'allows';
        seen.add(`${allowed}`);
        if (says === named || verb !== 'create' || allowed)
          expect([asked, allowed]).toEqual([asked, permitted]);
      },
    ),
    { numRuns: 1000 },
  );
  expect(seen.size).toBe(2);
});
