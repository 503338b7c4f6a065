import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../decide.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf } from '../fixtures.ts';
import type { Rule } from '../kinds/rule.ts';
import { execRule, portsRule } from '../streams.fixture.ts';
import type { Facts } from '../take-snapshot.ts';
import { BOUND_MS, cpuMs } from './bounded.fixture.ts';
import { MAX_RIGHTS, rulesStatus } from './rules.ts';
import type { ResourceRule } from './server-rules.ts';

const everything = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};
const policies = (spec: object) => ({ policies: [policyOf(spec)] });
const standing = (rules: object[], more: object = {}) =>
  policies({ standing: { lifetime: '8h', rules }, ...more });

function list(facts: Partial<Facts> = {}, fromServer: unknown = everything, namespace = 'shop') {
  const status = rulesStatus(namespace, entitlementsOf(facts), 1, fromServer);
  if (status === undefined) throw new Error('no status');
  const rules = status.resourceRules.filter(({ apiGroups }) => !/^auth/.test(apiGroups[0] ?? ''));
  return { ...status, rules };
}
const rule = (
  verbs: string[],
  resource: string,
  resourceNames: string[] = [],
  apiGroup = '',
): ResourceRule => ({
  verbs,
  apiGroups: [apiGroup],
  resources: [resource],
  resourceNames,
});

describe('a list of rights', () => {
  test('is what the policy allows where the API server allows everything', () => {
    const READ = ['get', 'list', 'watch'];
    expect(list()).toEqual({
      incomplete: false,
      rules: [rule(READ, 'pods'), rule(READ, 'pods/log'), rule(READ, 'events')],
      resourceRules: expect.arrayContaining([
        rule(['create'], 'selfsubjectreviews', [], 'authentication.k8s.io'),
        rule(['create'], 'selfsubjectaccessreviews', [], 'authorization.k8s.io'),
      ]),
      nonResourceRules: [
        {
          verbs: ['get', 'head'],
          nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi/*', '/version'],
        },
      ],
    });
    expect(list({}, everything, 'agents').rules).toEqual([]);
  });

  test('has a stream as create of the pod that a rule names', () => {
    const { rules, incomplete } = list(standing([execRule(['app'], ['ls']), portsRule(80)]));
    expect(rules).toEqual([
      rule(['create'], 'pods/exec', ['web-0']),
      rule(['create'], 'pods/portforward', ['web-0']),
    ]);
    expect(incomplete).toBe(false);
  });

  test('is what the API server allows where that is less', () => {
    const server = {
      resourceRules: [
        { verbs: ['list', 'delete'], apiGroups: ['', 'apps'], resources: ['pods'] },
        { verbs: ['get'], apiGroups: [''], resources: ['pods', '*/log'], resourceNames: ['web', 'db'] },
        { verbs: ['watch'], apiGroups: ['apps'], resources: ['*'] },
      ],
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/api/v1', '/apis*', '/healthz', '/version/'] }],
      incomplete: false,
    };
    expect(list({}, server)).toMatchObject({
      incomplete: false,
      rules: [
        rule(['list'], 'pods'),
        rule(['get'], 'pods', ['web', 'db']),
        rule(['get'], 'pods/log', ['web', 'db']),
      ],
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/api/v1', '/apis', '/apis/*'] }],
    });
    expect(list({}, { resourceRules: null, incomplete: false })).toMatchObject({
      rules: [],
      nonResourceRules: [],
    });
  });

  test('has what a Grant gives, until it ends', () => {
    const tls = rule(['get'], 'secrets', ['web-tls']);
    expect(list({ grants: [grantOf()] }).rules).toContainEqual(tls);
    expect(list({ grants: [grantOf({}, { phase: 'Ended' })] }).rules).not.toContainEqual(tls);
    expect(list({ standingRemainingMs: 1, grants: [grantOf()] }).rules).toEqual([tls]);
  });

  test('has room for what holds, however much has ended', () => {
    const resourceNames = Array.from({ length: 64 }, (_, at) => `n${at}`);
    const resources = Array.from({ length: 32 }, (_, at) => `r${at}`);
    const much = {
      namespaces: ['shop'],
      apiGroups: ['a.io', 'b.io'],
      resources,
      resourceNames,
      verbs: ['get'],
    };
    const scopes = [{ name: 'much', maxDuration: '1h', rules: [much] }];
    const facts = { ...policies({ scopes }), grants: [grantOf({ scope: 'much' }, { phase: 'Ended' })] };
    expect(list(facts)).toMatchObject({ incomplete: false, rules: list().rules });
    expect(list({ ...facts, grants: [grantOf({ scope: 'much' })] }).incomplete).toBe(true);
  });

  test('names verbs together, and names that share them', () => {
    const of = (verbs: string[], names?: string[]) => ({
      namespaces: ['shop'],
      apiGroups: ['apps'],
      resources: ['deployments/scale'],
      verbs,
      ...(names && { resourceNames: names }),
    });
    const rules = [of(['get']), of(['patch'], ['a', 'b']), of(['get', 'patch'], ['c'])];
    expect(list(standing(rules)).rules).toEqual([
      rule(['get'], 'deployments/scale', [], 'apps'),
      rule(['patch'], 'deployments/scale', ['a', 'b', 'c'], 'apps'),
    ]);
  });

  test('has what lies in no namespace, and paths', () => {
    const nodes = {
      clusterScoped: true,
      apiGroups: [''],
      resources: ['nodes'],
      resourceNames: ['n1'],
      verbs: ['get'],
    };
    const metrics = { nonResourceURLs: ['/metrics'], verbs: ['get'] };
    expect(list(standing([nodes, metrics]))).toMatchObject({
      rules: [rule(['get'], 'nodes', ['n1'])],
      nonResourceRules: expect.arrayContaining([{ verbs: ['get'], nonResourceURLs: ['/metrics'] }]),
    });
  });

  test('leaves out what a never takes some of, and says that there is more', () => {
    const never = [{ ...readPods, resources: ['pods'], resourceNames: ['db'], verbs: ['get'] }];
    const found = list(standing([readPods], { never }));
    expect(found.rules[0]).toEqual(rule(['list', 'watch'], 'pods'));
    expect(found).toMatchObject({
      incomplete: true,
      evaluationError: 'chaperone allows for some objects and not for all: get of pods',
    });
    const byName = {
      ...everything,
      resourceRules: [{ verbs: ['*'], apiGroups: [''], resources: ['pods'], resourceNames: ['db', 'web'] }],
    };
    expect(list(standing([readPods], { never }), byName).rules).toEqual([
      rule(['get', 'list', 'watch'], 'pods', ['web']),
      rule(['list', 'watch'], 'pods', ['db']),
    ]);
  });

  test('has an update of each object that a rule of its own lets a PUT create, in this namespace and now', () => {
    const services = { ...readPods, resources: ['services'] };
    const update = { ...services, verbs: ['update'] };
    const create = (name: string, more: object = {}) => ({
      ...services,
      resourceNames: [name],
      verbs: ['create'],
      ...more,
    });
    const scopes = [{ name: 'late', maxDuration: '1h', rules: [create('late')] }];
    const facts = {
      ...standing([update, create('web'), create('other', { namespaces: ['other'] })], { scopes }),
      grants: [grantOf({ scope: 'late' }, { phase: 'Ended' })],
    };
    expect(list(facts)).toMatchObject({ incomplete: false, rules: [rule(['update'], 'services', ['web'])] });
  });

  test('does not have a kind that lies in no namespace by the word of a rule alone, and tells of it', () => {
    const issuers = {
      clusterScoped: true,
      apiGroups: ['cert-manager.io'],
      resources: ['clusterissuers'],
      verbs: ['get', 'list'],
    };
    expect(list(standing([issuers]))).toMatchObject({
      rules: [],
      incomplete: true,
      evaluationError:
        'chaperone allows for some objects and not for all: get of clusterissuers (cluster-scoped), list of clusterissuers (cluster-scoped)',
    });
    expect(list(standing([issuers]), { resourceRules: null, incomplete: false })).toMatchObject({
      rules: [],
      incomplete: false,
    });
  });

  test("does not take the agent's own pod for one that it may touch", () => {
    const rules = [
      { ...readPods, namespaces: ['agents'], resources: ['pods'], verbs: ['get', 'list', 'delete'] },
    ];
    const found = list(standing(rules), everything, 'agents');
    expect(found.rules).toEqual([rule(['list'], 'pods')]);
    expect(found.evaluationError).toMatch(/not for all: get of pods, delete of pods$/);
  });

  test('leaves out a path of discovery that a never forbids a part of', () => {
    const never = [{ nonResourceURLs: ['/apis/apps', '/version'], verbs: ['get'] }];
    expect(list(standing([readPods], { never })).nonResourceRules).toEqual([
      { verbs: ['get', 'head'], nonResourceURLs: ['/api', '/api/*', '/apis', '/openapi/*'] },
      { verbs: ['head'], nonResourceURLs: ['/apis/*', '/version'] },
    ]);
  });

  test('under a policy that observes says that more is let through', () => {
    expect(list(policies({ mode: 'Observe' }))).toMatchObject({
      incomplete: true,
      evaluationError: 'chaperone lets more through than this: AgentPolicy agents/triage is only observed',
    });
  });

  test('keeps what the API server says of its own list', () => {
    const told = {
      ...everything,
      incomplete: true,
      evaluationError: 'webhook authorizer does not support user rule resolution',
    };
    expect(list({}, told)).toMatchObject({ incomplete: true, evaluationError: told.evaluationError });
  });

  test('is nothing but discovery without a policy, and nothing after the lease', () => {
    expect(list({ policies: [] })).toMatchObject({
      resourceRules: [],
      nonResourceRules: [expect.anything()],
    });
    const late = rulesStatus('shop', entitlementsOf(), 60_000, everything);
    expect(late?.resourceRules).toEqual([]);
  });

  test.each([undefined, null, [], {}, { incomplete: 'no' }, { incomplete: false, resourceRules: [1] }])(
    'is not made of %j',
    (fromServer) => {
      expect(rulesStatus('shop', entitlementsOf(), 1, fromServer)).toBeUndefined();
    },
  );
});

test('the largest policy is looked at for a bounded time, and the list says so', () => {
  const names = Array.from({ length: 64 }, (_, at) => `n${at}`);
  const rules = Array.from({ length: 100 }, (_, at) => ({
    namespaces: ['shop'],
    apiGroups: Array.from({ length: 8 }, (_, group) => `g${group}.example.com`),
    resources: Array.from({ length: 32 }, (_, each) => `r${at}x${each}`),
    resourceNames: names,
    verbs: ['get', 'list', 'watch', 'update', 'patch', 'delete'],
  }));
  const server = {
    ...everything,
    resourceRules: [
      ...Array(500).fill({ verbs: ['get'], apiGroups: ['x'], resources: ['y'] }),
      ...everything.resourceRules,
    ],
  };
  const entitlements = entitlementsOf(standing(rules));
  expect(cpuMs(() => rulesStatus('shop', entitlements, 1, server))).toBeLessThan(BOUND_MS);
  expect(rulesStatus('shop', entitlements, 1, server)).toMatchObject({
    incomplete: true,
    evaluationError: expect.stringContaining(`first ${MAX_RIGHTS} rights`),
  });
});

test('creates of many names in other namespaces are not judged one by one', () => {
  const things = (at: number) => Array.from({ length: 64 }, (_, each) => `n${at}-${each}`);
  const common = { apiGroups: ['x.io'], resources: Array.from({ length: 32 }, (_, at) => `things${at}`) };
  const rules = [
    { ...common, namespaces: ['shop'], verbs: ['update'] },
    ...Array.from({ length: 100 }, (_, at) => ({
      ...common,
      namespaces: [`other${at}`],
      resourceNames: things(at),
      verbs: ['create', 'update'],
    })),
  ];
  const entitlements = entitlementsOf(standing(rules));
  expect(cpuMs(() => rulesStatus('shop', entitlements, 1, everything))).toBeLessThan(BOUND_MS);
});

test('a list has exactly what decide permits, object by object', () => {
  const NAMES = ['web', 'db', 'triage-5d9c'];
  const VERBS = ['get', 'list', 'update', 'patch', 'delete', 'create'] as const;
  const RESOURCES = ['pods', 'pods/log', 'configmaps', 'secrets', 'services'];
  const some = <T>(from: readonly T[]) => fc.subarray([...from], { minLength: 1 });
  const anyRule = fc
    .record({
      namespaces: some(['shop', 'agents']),
      resources: some(RESOURCES),
      verbs: some(VERBS),
      resourceNames: fc.option(some(NAMES), { nil: undefined }),
    })
    .map(({ resourceNames, ...of }) => ({ ...of, apiGroups: [''], ...(resourceNames && { resourceNames }) }));
  const METHOD = { get: 'GET', update: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;
  const counted = { listed: 0, not: 0 };
  fc.assert(
    fc.property(
      fc.array(anyRule, { minLength: 1, maxLength: 4 }),
      fc.array(anyRule, { maxLength: 2 }),
      fc.array(anyRule, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('shop', 'agents'),
      (rules, never, server, namespace) => {
        const facts = standing(rules as Rule[], never.length > 0 ? { never } : {});
        const found = list(facts, { ...everything, resourceRules: server }, namespace);
        const entitlements = entitlementsOf(facts);
        for (const { verbs, resources } of found.rules)
          if (verbs.includes('create') && !resources[0]?.includes('/')) {
            const post = requestOf('POST', `/api/v1/namespaces/${namespace}/${resources[0]}`);
            expect(decide(post, entitlements, 1).kind).toBe('permit');
          }
        for (const verb of ['get', 'update', 'patch', 'delete'] as const)
          for (const resource of RESOURCES)
            for (const name of NAMES) {
              const [kind, sub] = resource.split('/');
              const target = `/api/v1/namespaces/${namespace}/${kind}/${name}${sub === undefined ? '' : `/${sub}`}`;
              const request = requestOf(METHOD[verb], target);
              const has = (
                all: readonly {
                  verbs: readonly string[];
                  resources: readonly string[];
                  resourceNames?: readonly string[] | undefined;
                }[],
              ) =>
                all.some(
                  (each) =>
                    each.verbs.includes(verb) &&
                    each.resources.includes(resource) &&
                    (!each.resourceNames?.length || each.resourceNames.includes(name)),
                );
              const permitted =
                decide(request, entitlements, 1, 'application/merge-patch+json').kind === 'permit';
              const right = permitted && has(server);
              const listed = has(found.rules);
              counted[listed ? 'listed' : 'not'] += 1;
              // What it leaves out it tells of, or of how much more there is.
              if (right && !listed) {
                expect(found.incomplete).toBe(true);
                expect(found.evaluationError).toMatch(new RegExp(`${verb} of ${resource}| and \\d+ more`));
              } else expect([verb, target, listed]).toEqual([verb, target, right]);
            }
      },
    ),
    { numRuns: 60 },
  );
  expect(counted.listed).toBeGreaterThan(50);
});
