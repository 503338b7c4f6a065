import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestOf } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';
import { covers, coversPart, touches } from './rule.ts';
import { find, findByKey, indexed, named } from './rule-index.ts';

const of = (rules: readonly Rule[], reach: 'gives' | 'takes' = 'gives') =>
  indexed(
    rules.map((rule) => ({ rule })),
    reach,
  );
const configmaps: Rule = {
  namespaces: ['shop'],
  apiGroups: [''],
  resources: ['configmaps'],
  verbs: ['get', 'list'],
};
const many = (count: number, make: (n: number) => Partial<Rule>): Rule[] =>
  Array.from({ length: count }, (_, n) => ({ ...configmaps, ...make(n) }) as Rule);

/** How many rules are asked for a request that `wanted` never settles. */
function askedFor(rules: readonly Rule[], method: string, target: string): number {
  return named(of(rules), requestOf(method, target)).length;
}

describe('of a thousand rules and of four thousand', () => {
  const last = (count: number) => `/api/v1/namespaces/team-${count - 1}/configmaps`;
  const named16 = (n: number) => ({ resourceNames: Array.from({ length: 16 }, (_, at) => `web-${n}-${at}`) });
  test.each([1000, 4000])('%i: no more than a few are asked', (count) => {
    const spread = many(count, (n) => ({ namespaces: [`team-${n}`] }));
    expect(askedFor(spread, 'GET', `${last(count)}/web`)).toBeLessThan(8);
    expect(askedFor(spread, 'GET', '/api/v1/namespaces/nowhere/configmaps/web')).toBeLessThan(8);
    expect(askedFor(spread, 'GET', '/api/v1/configmaps')).toBe(0);
    const names = many(count, named16);
    expect(askedFor(names, 'GET', '/api/v1/namespaces/shop/configmaps/web-7-3')).toBeLessThan(count / 50);
    expect(askedFor(names, 'GET', '/api/v1/namespaces/shop/configmaps')).toBe(0);
    const alike = many(count, () => ({}));
    expect(askedFor(alike, 'DELETE', '/api/v1/namespaces/shop/configmaps/web')).toBe(0);
    expect(askedFor(alike, 'GET', '/apis/apps/v1/namespaces/shop/configmaps/web')).toBe(0);
  });

  test('where all cover it, the first is asked and no other', () => {
    let asked = 0;
    const first = find(
      of(many(1000, () => ({}))),
      requestOf('GET', '/api/v1/namespaces/shop/configmaps'),
      () => {
        asked++;
        return true;
      },
    );
    expect(first).toBeDefined();
    expect(asked).toBe(1);
  });
});

test('entries are found in the order in which they were given', () => {
  const rules = many(100, (n) => ({ resourceNames: [`web-${n % 3}`] }));
  const found = named(of(rules), requestOf('GET', '/api/v1/namespaces/shop/configmaps/web-1'));
  expect(found.map(({ rule }) => rule)).toEqual(rules.filter((_, n) => n % 3 === 1));
});

test('by their resource or path alone, whatever else they say', () => {
  const paths: Rule = { nonResourceURLs: ['/metrics'], verbs: ['get'] };
  const index = of([paths, ...many(3, (n) => ({ namespaces: [`team-${n}`] }))]);
  expect(findByKey(index, '/metrics', () => true)?.rule).toBe(paths);
  expect(findByKey(index, 'configmaps', ({ rule }) => rule.namespaces?.[0] === 'team-2')).toBeDefined();
  expect(findByKey(of([]), 'configmaps', () => true)).toBeUndefined();
});

// More words than the index has rows, so that many of them share one.
const word = (kind: string) => fc.nat(5000).map((n) => `${kind}-${n % (n < 2500 ? 4 : 5000)}`);
const words = (kind: string) => fc.uniqueArray(word(kind), { minLength: 1, maxLength: 40 });
const somewhere = fc.oneof(
  words('space').map((namespaces) => ({ namespaces })),
  fc.constantFrom({ allNamespaces: true as const }, { clusterScoped: true as const }),
);
const rule = fc
  .record(
    {
      apiGroups: words('group'),
      resources: words('things'),
      resourceNames: words('name'),
      filter: fc.constant(true as const),
      verbs: fc.subarray<Rule['verbs'][number]>(['get', 'list', 'create', 'deletecollection'], {
        minLength: 1,
      }),
    },
    { requiredKeys: ['apiGroups', 'resources', 'verbs'] },
  )
  .chain((rest) => somewhere.map((where): Rule => ({ ...where, ...rest }) as Rule));
const path: fc.Arbitrary<Rule> = words('/path').map((nonResourceURLs) => ({
  nonResourceURLs,
  verbs: ['get'],
}));
const asked = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'DELETE'),
    fc.tuple(word('group'), fc.option(word('space')), word('things'), fc.option(word('name'))),
  )
  .map(([method, [group, space, things, name]]) => {
    const at = space === null ? '' : `/namespaces/${space}`;
    return requestOf(method, `/apis/${group}/v1${at}/${things}${name === null ? '' : `/${name}`}`);
  });
const requests = fc.oneof(
  asked,
  word('/path').map((target) => requestOf('GET', target)),
);

test('no rule that covers a request, and none that touches it, is ever left out', () => {
  const seen = { covers: 0, touches: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.oneof(rule, path), { minLength: 33, maxLength: 80 }),
      fc.array(requests),
      (rules, calls) => {
        const [gives, takes] = [of(rules), of(rules, 'takes')];
        for (const call of calls) {
          const covering = rules.filter((each) => covers(each, call) || coversPart(each, call));
          const touching = rules.filter((each) => touches(each, call));
          seen.covers += covering.length;
          seen.touches += touching.length;
          expect(named(gives, call).map((each) => each.rule)).toEqual(expect.arrayContaining(covering));
          expect(named(takes, call).map((each) => each.rule)).toEqual(expect.arrayContaining(touching));
        }
      },
    ),
    { numRuns: 100 },
  );
  expect(seen.covers).toBeGreaterThan(100);
  expect(seen.touches).toBeGreaterThan(100);
});
