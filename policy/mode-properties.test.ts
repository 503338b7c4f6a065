import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiRequest } from './api-request.ts';
import { closureOf } from './closed.ts';
import { creationOf } from './creation.ts';
import { decide } from './decide.ts';
import type { Entitlements } from './entitlements.ts';
import { entitlementsOf, grantOf, policyOf, requestOf, revealTls } from './fixtures.ts';
import { Rule } from './kinds/rule.ts';
import { permitted, shop, standing, under } from './mode.fixture.ts';
import { OPEN } from './mode.ts';
import { notYet } from './not-yet.ts';
import { groundClosure } from './own-ground.ts';
import { ruleKey } from './rule.ts';

// Rules and requests over what is closed, not built yet, and neither, so that every wall is met with every kind of rule.
const shapes = [
  { at: { namespaces: ['shop'] }, group: '', path: shop, resources: ['pods', 'configmaps', 'secrets'] },
  { at: { namespaces: ['agents'] }, group: '', path: '/api/v1/namespaces/agents', resources: ['pods'] },
  { at: { namespaces: ['shop'] }, group: '', path: shop, resources: ['pods/proxy', 'serviceaccounts'] },
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
const reading = fc.constant(requestOf('GET', `${shop}/secrets/web`));
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
    const holdings = held.kind === 'policy' ? held.holdings.entries : [];
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
        const streams = asked.kind === 'resource' && asked.subresource === 'proxy';
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
