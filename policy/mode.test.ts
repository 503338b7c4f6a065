import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApiRequest } from './api-request.ts';
import { closureOf } from './closed.ts';
import { creationOf } from './creation.ts';
import { decide, decideAgain, type Permit } from './decide.ts';
import type { Entitlements } from './entitlements.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf, revealTls } from './fixtures.ts';
import { Rule } from './kinds/rule.ts';
import { type Mode, OPEN } from './mode.ts';
import { notYet } from './not-yet.ts';
import { groundClosure } from './own-ground.ts';
import type { Refusal } from './refusal.ts';
import { ruleKey } from './rule.ts';
import type { Facts } from './take-snapshot.ts';

function under(mode: Mode, entitlements: Entitlements): Entitlements {
  const { held } = entitlements;
  return held.kind === 'policy' ? { ...entitlements, held: { ...held, mode } } : entitlements;
}
const core = '/api/v1/namespaces/shop';
const own = '/api/v1/namespaces/agents/pods/triage-5d9c';
const observed = (spec: object = {}) => ({ policies: [policyOf({ mode: 'Observe', ...spec })] });
const ask = (method: string, target: string, facts: Partial<Facts> = observed(), nowMs = 1) =>
  decide(requestOf(method, target), entitlementsOf({ leaseMs: 60_000, ...facts }), nowMs);
const permitted = (answer: Permit | Refusal): Permit => {
  if (answer.kind === 'refusal') throw new Error(answer.message);
  return answer;
};
const standing = (...rules: object[]) => ({ standing: { lifetime: '8h', rules } });

describe('under Observe', () => {
  const never = [{ ...readPods, verbs: ['get'] }];
  test.each<[string, string, string, Partial<Facts>, number]>([
    ['NoRule', 'DELETE', `${core}/pods/web`, observed(), 1],
    ['NoRule', 'GET', '/metrics', observed(), 1],
    ['NoRule', 'PUT', `${core}/configmaps/web`, observed(), 1],
    ['Never', 'GET', `${core}/pods/web`, observed({ never }), 1],
    ['StandingEnded', 'GET', `${core}/pods`, { ...observed(), standingRemainingMs: 5 }, 5],
    ['GrantAvailable', 'GET', `${core}/secrets/web-tls`, observed(), 1],
    [
      'GrantEnded',
      'GET',
      `${core}/secrets/web-tls`,
      { ...observed(), grants: [grantOf({}, { phase: 'Ended' })] },
      1,
    ],
  ])('%s takes no effect: %s %s', (code, method, target, facts, nowMs) => {
    expect(ask(method, target, facts, nowMs)).toMatchObject({
      kind: 'permit',
      rule: 'AgentPolicy agents/triage mode Observe',
      until: 60_000,
      reveal: false,
      unmasked: false,
      instead: { kind: 'refusal', code },
    });
  });

  test('a PUT that no create rule covers goes through, marked with that', () => {
    const configmaps = { ...readPods, resources: ['configmaps'], verbs: ['update'] };
    expect(ask('PUT', `${core}/configmaps/web`, observed(standing(configmaps)))).toMatchObject({
      kind: 'permit',
      instead: { code: 'NoRule', message: expect.stringContaining('create configmaps "web"') },
    });
  });

  test('what Enforce permits is permitted by the same rule, and not marked', () => {
    expect(ask('GET', `${core}/pods`)).toMatchObject({
      rule: 'AgentPolicy agents/triage standing.rules[0]',
      until: 3_600_000,
      instead: undefined,
    });
  });

  test.each([
    ['ClosedList', 'PATCH', '/apis/chaperone.dev/v1alpha1/namespaces/agents/agentpolicies/triage'],
    ['ClosedList', 'POST', '/apis/chaperone.dev/v1alpha1/namespaces/agents/grants'],
    ['ClosedList', 'PATCH', '/api/v1/namespaces/agents'],
    ['ClosedList', 'POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles'],
    ['ClosedList', 'GET', '/api/v1/namespaces/chaperone-system/secrets/root'],
    ['ClosedList', 'DELETE', own],
    ['ClosedUnlessNamed', 'GET', own],
    ['ClosedUnlessNamed', 'GET', '/api/v1/nodes'],
    ['ClosedUnlessNamed', 'GET', '/logs/kubernetes/audit/audit.log'],
    ['ClosedUnlessNamed', 'GET', '/debug/pprof/heap'],
    ['ClosedList', 'PUT', '/debug/flags/v'],
    ['ClosedList', 'POST', '/x'],
    ['ClosedList', 'GET', '/api/v1/secrets'],
    ['ClosedList', 'GET', '/api/v1/secrets?watch=1'],
    ['ClosedList', 'POST', '/api/v1/proxy/namespaces/shop/pods/web'],
    ['SecretWriteNotYet', 'DELETE', `${core}/secrets/web-tls`],
    ['WorkloadWriteNotYet', 'POST', `${core}/pods`],
    ['StreamNotYet', 'GET', `${core}/pods/web/exec`],
    ['ReviewNotYet', 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
  ])('%s holds: %s %s', (code, method, target) => {
    const named = { ...readPods, resources: ['pods/exec'], resourceNames: ['web'] };
    const facts = observed(code === 'StreamNotYet' ? standing(named) : {});
    expect(ask(method, target, facts)).toMatchObject({ kind: 'refusal', code });
  });

  test('what is closed stays so behind a never that takes no effect', () => {
    const secrets = { ...readPods, resources: ['secrets', 'pods'], verbs: ['update', 'create'] };
    const facts = observed({ never: [secrets] });
    expect(ask('PUT', `${core}/secrets/web-tls`, facts)).toMatchObject({ kind: 'refusal', code: 'Never' });
    expect(ask('POST', `${core}/pods`, facts)).toMatchObject({ kind: 'refusal', code: 'Never' });
  });

  test('a path that is closed unless named is given by a rule for it, and observed against a never', () => {
    const logs = { nonResourceURLs: ['/logs/syslog'], verbs: ['get'] };
    expect(ask('GET', '/logs/syslog', observed(standing(logs)))).toMatchObject({
      rule: 'AgentPolicy agents/triage standing.rules[0]',
      instead: undefined,
    });
    expect(ask('GET', '/logs/syslog', observed({ ...standing(logs), never: [logs] }))).toMatchObject({
      kind: 'permit',
      instead: { code: 'Never' },
    });
    expect(ask('GET', '/logs/other', observed(standing(logs)))).toMatchObject({
      code: 'ClosedUnlessNamed',
      message: expect.stringContaining('names this path in nonResourceURLs. '),
    });
  });

  test('what is closed unless named needs a rule that names it and has not ended', () => {
    const node = { clusterScoped: true, apiGroups: [''], resources: ['nodes'], verbs: ['get'] };
    const n1 = { ...node, resourceNames: ['n1'] };
    const facts = { ...observed({ ...standing(n1), never: [n1] }), standingRemainingMs: 5000 };
    const live = permitted(ask('GET', '/api/v1/nodes/n1', facts));
    expect(live).toMatchObject({ until: 5000, instead: { code: 'Never' } });
    expect(ask('GET', '/api/v1/nodes/n1', facts, 5000)).toMatchObject({ kind: 'refusal', code: 'Never' });
    expect(ask('GET', '/api/v1/nodes/n1', { ...facts, ...observed(standing(n1)) }, 5000)).toMatchObject({
      kind: 'refusal',
      code: 'StandingEnded',
    });
  });

  test('a list across all namespaces still leaves chaperone’s own out', () => {
    expect(ask('GET', '/api/v1/configmaps')).toMatchObject({
      instead: { code: 'NoRule' },
      target: '/api/v1/configmaps?fieldSelector=metadata.namespace!%3Dchaperone-system',
    });
  });

  test('no lease, no policy and two policies are refused as ever', () => {
    expect(ask('GET', `${core}/services`, observed(), 60_000)).toMatchObject({ code: 'StaleLease' });
    expect(ask('GET', `${core}/services`, { policies: [] })).toMatchObject({ code: 'NoPolicy' });
    const two = [policyOf({ mode: 'Observe' }, 'a'), policyOf({ mode: 'Observe' }, 'b')];
    expect(ask('GET', `${core}/services`, { policies: two })).toMatchObject({ code: 'PolicyConflict' });
  });

  test('a stream goes on past its rule, marked; under Enforce again it is refused', () => {
    const request = requestOf('GET', `${core}/pods?watch=1`);
    const first = permitted(decide(request, entitlementsOf(observed()), 0));
    expect(first.instead).toBeUndefined();
    const ended = entitlementsOf({ ...observed(), standingRemainingMs: 0 });
    const on = permitted(decideAgain(first, ended, 0));
    expect(on.instead).toMatchObject({ code: 'StandingEnded' });
    expect(decideAgain(on, under('Enforce', ended), 0)).toEqual(on.instead);
  });

  test('real values are shown by a rule alone, and no longer than it', () => {
    const request = requestOf('GET', `${core}/secrets/web-tls`);
    const first = permitted(decide(request, entitlementsOf({ ...observed(), grants: [grantOf()] }), 0));
    expect(first).toMatchObject({ reveal: true, instead: undefined });
    expect(decideAgain(first, entitlementsOf(observed()), 0)).toMatchObject({
      code: 'RevealEnded',
      message: expect.stringContaining(
        'no longer decides; AgentPolicy agents/triage mode Observe does now, and lets it through without them. ',
      ),
    });
  });
});

describe('with everything open', () => {
  const open = (method: string, target: string, facts: Partial<Facts> = {}) =>
    decide(requestOf(method, target), under(OPEN, entitlementsOf(facts)), 1);

  test.each([
    ['ClosedList', 'POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles'],
    ['ClosedList', 'GET', '/api/v1/namespaces/chaperone-system/secrets/root'],
    ['ClosedUnlessNamed', 'GET', '/api/v1/nodes'],
    ['SecretWriteNotYet', 'POST', `${core}/secrets`],
    ['WorkloadWriteNotYet', 'POST', '/apis/apps/v1/namespaces/shop/deployments'],
    ['ReviewNotYet', 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
    ['NoRule', 'GET', '/metrics'],
    ['ClosedList', 'PUT', '/debug/flags/v'],
    ['ClosedList', 'GET', '/api/v1/secrets'],
    ['ClosedUnlessNamed', 'GET', '/logs/syslog'],
  ])('%s takes no effect: %s %s', (code, method, target) => {
    expect(open(method, target)).toMatchObject({
      kind: 'permit',
      rule: 'chaperone run --open',
      unmasked: true,
      reveal: false,
      instead: { code },
      target,
    });
  });

  test('what Enforce permits is not masked either, and lists reach every namespace', () => {
    const everywhere = { allNamespaces: true, apiGroups: [''], resources: ['pods'], verbs: ['list'] };
    const facts = { policies: [policyOf(standing(everywhere))] };
    expect(open('GET', '/api/v1/pods', facts)).toMatchObject({
      unmasked: true,
      instead: undefined,
      target: '/api/v1/pods',
    });
  });

  test('a stream that cannot be forwarded is refused', () => {
    expect(open('GET', `${core}/pods/web/exec`)).toMatchObject({
      kind: 'refusal',
      code: 'StreamNotYet',
    });
  });

  test('a Grant that ends takes nothing away', () => {
    const request = requestOf('GET', `${core}/secrets/web-tls`);
    const granted = under(OPEN, entitlementsOf({ grants: [grantOf()] }));
    const first = permitted(decide(request, granted, 0));
    expect(first.reveal).toBe(true);
    expect(decideAgain(first, under(OPEN, entitlementsOf()), 0)).toMatchObject({ unmasked: true });
  });
});

// Rules and requests over what is closed, not built yet, and neither, so that every wall is met with every kind of rule.
const shapes = [
  { at: { namespaces: ['shop'] }, group: '', path: core, resources: ['pods', 'configmaps', 'secrets'] },
  { at: { namespaces: ['agents'] }, group: '', path: '/api/v1/namespaces/agents', resources: ['pods'] },
  { at: { namespaces: ['shop'] }, group: '', path: core, resources: ['pods/exec', 'serviceaccounts'] },
  { at: { clusterScoped: true }, group: '', path: '/api/v1', resources: ['nodes', 'namespaces'] },
  {
    at: { namespaces: ['shop'] },
    group: 'apps',
    path: '/apis/apps/v1/namespaces/shop',
    resources: ['deployments', 'deployments/scale'],
  },
  {
    at: { namespaces: ['chaperone-system'] },
    group: '',
    path: '/api/v1/namespaces/chaperone-system',
    resources: ['configmaps'],
  },
  {
    at: { namespaces: ['agents'] },
    group: 'chaperone.dev',
    path: '/apis/chaperone.dev/v1alpha1/namespaces/agents',
    resources: ['agentpolicies'],
  },
] as const;
const VERBS: Rule['verbs'] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const shape = fc.constantFrom(...shapes);
const names = fc.option(fc.subarray(['web', 'triage-5d9c'], { minLength: 1 }), { nil: undefined });
const plain = fc
  .tuple(shape, names, fc.subarray(VERBS, { minLength: 1 }))
  .map(([{ at, group, resources }, resourceNames, verbs]) => ({
    ...at,
    apiGroups: [group],
    resources: [...resources],
    verbs,
    ...(resourceNames && { resourceNames }),
  }));
const everywhere = fc
  .tuple(fc.subarray(['configmaps', 'secrets'], { minLength: 1 }), fc.subarray(VERBS, { minLength: 1 }))
  .map(([resources, verbs]) => ({ allNamespaces: true, apiGroups: [''], resources, verbs }));
const paths = fc
  .subarray(['/metrics', '/logs/syslog', '/debug/flags/v', '/version'], { minLength: 1 })
  .map((nonResourceURLs) => ({ nonResourceURLs, verbs: ['get'] }));
const revealing = fc.constant({ ...revealTls, resourceNames: ['web'] });
/** What cannot be written (a closed resource by breadth) gives nothing. */
const giving = fc.array(
  fc
    .oneof(
      { weight: 5, arbitrary: plain },
      { weight: 2, arbitrary: revealing },
      { weight: 1, arbitrary: everywhere },
      { weight: 1, arbitrary: paths },
    )
    .filter((rule) => Rule.safeParse(rule).success),
  { minLength: 1, maxLength: 3 },
);
const approval = { approvers: { groups: ['sre'] }, required: 2 };
const aPolicy = fc
  .record({
    standing: giving,
    scope: giving,
    never: fc.option(
      fc.array(fc.oneof({ weight: 5, arbitrary: plain }, { weight: 1, arbitrary: paths }), {
        minLength: 1,
        maxLength: 2,
      }),
      { nil: undefined },
    ),
    granted: fc.boolean(),
    quorum: fc.boolean(),
  })
  .map(({ standing: given, scope, never, granted, quorum }) =>
    entitlementsOf({
      policies: [
        policyOf({
          ...standing(...given),
          scopes: [{ name: 's', maxDuration: '10m', rules: scope, ...(quorum && { approval }) }],
          ...(never && { never }),
        }),
      ],
      grants: granted ? [grantOf({ scope: 's' }, { expiresAt: '2026-01-01T00:00:40Z' })] : [],
      standingRemainingMs: 20_000,
    }),
  );
const none = fc.constantFrom(
  entitlementsOf({ policies: [] }),
  entitlementsOf({ policies: [policyOf({}, 'a'), policyOf({}, 'b')] }),
);
const request = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
    shape.chain(({ path, resources }) =>
      fc.constantFrom(...resources).map((resource) => [path, ...resource.split('/')] as const),
    ),
    fc.constantFrom('', '/web', '/triage-5d9c'),
    fc.constantFrom('', '?watch=1', '?fieldSelector=metadata.name=web'),
  )
  .map(([method, [path, resource, subresource], name, query]) =>
    requestOf(
      method,
      subresource === undefined
        ? `${path}/${resource}${name}${query}`
        : `${path}/${resource}/web/${subresource}${query}`,
    ),
  );
const reading = fc.constant(requestOf('GET', `${core}/secrets/web`));
/** Where no policy is asked to name a place: paths, lists across namespaces, and verbs that stand in the path. */
const PATHS = ['/metrics', '/logs/syslog', '/debug/flags/v', '/x', '/version'];
const placeless = fc
  .tuple(
    fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE'),
    fc.constantFrom(
      ...PATHS,
      ...['secrets', 'secrets?watch=1', 'configmaps', 'proxy/namespaces/shop/pods/web'].map(
        (at) => `/api/v1/${at}`,
      ),
    ),
  )
  .map(([method, target]) => requestOf(method, target));
const when = fc.constantFrom(0, 20_000, 40_000, 59_999, 60_000);
const type = fc.constantFrom('application/merge-patch+json', 'application/apply-patch+yaml', undefined);
/** Many requests a world: to make a world costs far more than to decide in it. */
const arbitrary = [
  fc.oneof({ weight: 9, arbitrary: aPolicy }, { weight: 1, arbitrary: none }),
  fc.array(
    fc.tuple(
      fc.oneof(
        { weight: 9, arbitrary: request },
        { weight: 1, arbitrary: reading },
        { weight: 4, arbitrary: placeless },
      ),
      when,
      type,
    ),
    { minLength: 20, maxLength: 20 },
  ),
] as const;

/** Written apart from what is tested, over PATHS and what the shapes hold: the walls that stand in every mode but OPEN. */
function isWalled(
  asked: ApiRequest,
  { held, ground }: Entitlements,
  now: number,
  contentType?: string,
): boolean {
  const all = [asked, creationOf(asked, contentType)].filter((each) => each !== undefined);
  return all.some((each) => {
    const holdings = held.kind === 'policy' ? [...held.holdings.values()].flat() : [];
    const live = holdings.filter(
      ({ rule, until }) => now < until && (rule.verbs as string[]).includes(each.verb),
    );
    if (each.kind === 'nonResource') {
      if (each.verb !== 'get' && each.verb !== 'head') return true;
      return (
        /^.(logs|debug)/.test(each.path) &&
        !live.some(({ rule }) => rule.nonResourceURLs?.includes(each.path))
      );
    }
    if (each.verb === 'proxy') return true;
    if (each.namespace === undefined && /^(secrets|configmaps)$/.test(each.resource))
      return each.resource === 'secrets' || !/^(list|watch)$/.test(each.verb);
    if (notYet(each) !== undefined) return true;
    const closures = [groundClosure(each, ground), closureOf(each.apiGroup, ruleKey(each), each.verb)];
    if (closures.some((closure) => closure?.openness === 'never')) return true;
    if (closures.every((closure) => closure === undefined) || held.kind !== 'policy') return false;
    const naming = live.filter(({ rule }) => {
      const named = rule.resourceNames?.includes(each.name ?? '') && rule.resources?.includes(ruleKey(each));
      const placed = rule.clusterScoped
        ? each.namespace === undefined
        : rule.namespaces?.includes(each.namespace ?? '');
      return named && placed;
    });
    return naming.length === 0;
  });
}

const POLICYS_WORD = ['NoRule', 'Never', 'StandingEnded', 'GrantEnded', 'GrantAvailable', 'QuorumNotYet'];

test('Observe answers as Enforce, or permits what only the policy denies and says how Enforce denies it', () => {
  const seen: Record<string, number> = { revealed: 0 };
  const count = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1;
  };
  fc.assert(
    fc.property(...arbitrary, (entitlements, calls) => {
      const observing = under('Observe', entitlements);
      for (const [asked, now, contentType] of calls) {
        const enforced = decide(asked, entitlements, now, contentType);
        const answer = decide(asked, observing, now, contentType);
        const lifts =
          enforced.kind === 'refusal' &&
          POLICYS_WORD.includes(enforced.code) &&
          !isWalled(asked, entitlements, now, contentType);
        if (!lifts) {
          expect(answer).toEqual(enforced);
          if (enforced.kind === 'permit' && enforced.reveal) count('revealed');
          continue;
        }
        count(enforced.code);
        const { instead, reveal, unmasked, until } = permitted(answer);
        expect({ instead, reveal, unmasked }).toEqual({ instead: enforced, reveal: false, unmasked: false });
        expect(until).toBeGreaterThan(now);
        expect(until).toBeLessThanOrEqual(entitlements.leaseUntil);
      }
    }),
    { numRuns: 300 },
  );
  for (const what of [...POLICYS_WORD, 'revealed']) expect(seen[what], what).toBeGreaterThan(5);
});

test('with everything open only what cannot be believed or forwarded is refused, and all of it is marked', () => {
  const unliftable = ['StaleLease', 'NoPolicy', 'PolicyConflict'];
  fc.assert(
    fc.property(...arbitrary, (entitlements, calls) => {
      for (const [asked, now, contentType] of calls) {
        const enforced = decide(asked, entitlements, now, contentType);
        const answer = decide(asked, under(OPEN, entitlements), now, contentType);
        const streams = asked.kind === 'resource' && asked.subresource === 'exec';
        if (enforced.kind === 'refusal' && (streams || unliftable.includes(enforced.code)))
          expect(answer).toEqual(enforced);
        else if (entitlements.held.kind === 'policy')
          expect(permitted(answer)).toMatchObject({
            unmasked: true,
            instead: enforced.kind === 'refusal' ? enforced : undefined,
          });
      }
    }),
    { numRuns: 100 },
  );
});
