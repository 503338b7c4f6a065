import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiRequest } from './api-request.ts';
import { decide } from './decide.ts';
import type { Entitlements } from './entitlements.ts';
import { entitlementsOf, grantOf, policyOf, requestOf } from './fixtures.ts';
import { Rule } from './kinds/rule.ts';

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
  .chain((rest) => place.map((where) => ({ ...where, ...rest }) as Rule))
  .filter((each) => Rule.safeParse(each).success);
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

/** Many requests a world: to make a world costs far more than to decide in it. */
const requests = fc.array(request, { minLength: 10, maxLength: 10 });

test('permits nothing that some live rule does not name word for word, and nothing at or after its end', () => {
  let permits = 0;
  const decideAt = (asked: ApiRequest, entitlements: Entitlements, now: number) =>
    decide(asked, entitlements, now, 'application/merge-patch+json');
  fc.assert(
    fc.property(
      world,
      requests,
      fc.constantFrom(0, 29_999, 30_000, 59_999, 60_000),
      ({ entitlements, giving }, all, now) => {
        for (const asked of all) {
          const decision = decideAt(asked, entitlements, now);
          if (decision.kind === 'refusal' || asked.kind === 'nonResource') continue;
          permits++;
          const key = [asked.resource, asked.subresource].filter((part) => part !== undefined).join('/');
          const naming = giving.filter(
            ([each, until]) =>
              (until === decision.until || asked.verb === 'update') &&
              now < until &&
              (each.verbs as string[]).includes(asked.verb) &&
              each.apiGroups?.includes(asked.apiGroup) &&
              each.resources?.includes(key) &&
              (each.resourceNames === undefined || each.resourceNames.includes(asked.name ?? '')) &&
              (asked.namespace === undefined
                ? each.clusterScoped || (each.allNamespaces && ['list', 'watch'].includes(asked.verb))
                : each.allNamespaces || each.namespaces?.includes(asked.namespace)),
          );
          expect(naming).not.toEqual([]);
          expect(now).toBeLessThan(60_000);
          const { rule: by, until } = decision;
          expect(decideAt(asked, entitlements, until)).not.toMatchObject({ rule: by, until, kind: 'permit' });
        }
      },
    ),
    { numRuns: 400 },
  );
  expect(permits).toBeGreaterThan(100);
});

test('never beats everything: with never for all that the rules give, nothing is permitted', () => {
  fc.assert(
    fc.property(rules, rules, requests, (standing, scope, all) => {
      const spec = {
        standing: { lifetime: '8h', rules: standing },
        scopes: [{ name: 's', maxDuration: '10m', rules: scope }],
        never: [...standing, ...scope],
      };
      const entitlements = entitlementsOf({ policies: [policyOf(spec)], grants: [grantOf({ scope: 's' })] });
      for (const asked of all)
        expect(decide(asked, entitlements, 1, 'application/merge-patch+json').kind).toBe('refusal');
    }),
    { numRuns: 300 },
  );
});
