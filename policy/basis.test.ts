import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import { entitlementsOf, grantOf, policyOf, readPods, requestOf } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';
import { coversPart } from './rule.ts';
import type { Facts } from './take-snapshot.ts';

const pods = '/api/v1/namespaces/shop/pods';
const only = (...names: string[]): Rule => ({
  namespaces: ['shop'],
  apiGroups: [''],
  resources: ['pods'],
  resourceNames: names,
  verbs: ['get', 'list', 'watch'],
  filter: true,
});
/** Standing rules that end at 3 600 000, and Grants of one rule each that end at so many ms. */
const facts = (
  rules: readonly object[],
  grants: readonly [rule: object, remainingMs: number][] = [],
  spec: object = {},
): Partial<Facts> => ({
  policies: [
    policyOf({
      ...(rules.length > 0 ? { standing: { lifetime: '8h', rules } } : { standing: undefined }),
      scopes:
        grants.length > 0
          ? grants.map(([rule], at) => ({ name: `s${at}`, maxDuration: '1h', rules: [rule] }))
          : undefined,
      ...spec,
    }),
  ],
  grants: grants.map(([, remainingMs], at) => ({
    ...grantOf(
      { scope: `s${at}`, duration: '1h' },
      { expiresAt: new Date(Date.parse('2026-01-01T00:00:00Z') + remainingMs).toISOString() },
    ),
    metadata: { name: `g${at}`, namespace: 'agents' },
  })),
});
const ask = (target: string, of: Partial<Facts>, nowMs = 1) =>
  decide(requestOf('GET', target), entitlementsOf({ leaseMs: 60_000, ...of }), nowMs);
const permitted = (target: string, of: Partial<Facts>, nowMs = 1) => {
  const decision = ask(target, of, nowMs);
  if (decision.kind === 'refusal') throw new Error(decision.message);
  return decision;
};

describe('a list or watch that names no object', () => {
  test.each([
    pods,
    `${pods}?watch=1`,
    `${pods}?limit=5&labelSelector=a%3Db`,
    '/api/v1/watch/namespaces/shop/pods',
  ])('shows the names of a rule with filter: %s', (target) => {
    expect(permitted(target, facts([only('web', 'db')]))).toMatchObject({
      filter: ['web', 'db'],
      rule: 'AgentPolicy agents/triage standing.rules[0]',
      target,
    });
  });

  test('shows all where a rule covers it whole, also a weaker one', () => {
    const of = facts([readPods], [[only('web'), 5000]]);
    expect(permitted(pods, of)).toMatchObject({
      filter: undefined,
      rule: 'AgentPolicy agents/triage standing.rules[0]',
    });
  });

  test('shows the names of all live rules, under the strongest of them, until the first ends', () => {
    const of = facts(
      [only('web', 'db')],
      [
        [only('web'), 9000],
        [only('cart'), 5000],
      ],
    );
    expect(permitted(pods, of)).toMatchObject({ rule: 'Grant agents/g0', until: 5000 });
    expect(new Set(permitted(pods, of).filter)).toEqual(new Set(['web', 'db', 'cart']));
    expect(permitted(pods, of, 5000)).toMatchObject({ rule: 'Grant agents/g0', until: 9000 });
    expect(new Set(permitted(pods, of, 5000).filter)).toEqual(new Set(['web', 'db']));
    expect(permitted(pods, of, 9000).filter).toEqual(['web', 'db']);
  });

  test('of one name is asked for by that name', () => {
    expect(permitted(pods, facts([only('web')])).target).toBe(`${pods}?fieldSelector=metadata.name%3Dweb`);
  });

  test('of a closed resource shows what a rule names', () => {
    const nodes = { ...only('n1', 'n2'), namespaces: undefined, clusterScoped: true, resources: ['nodes'] };
    expect(permitted('/api/v1/nodes', facts([nodes])).filter).toEqual(['n1', 'n2']);
  });

  test('that has ended or could be given is refused as what it is', () => {
    expect(ask(pods, facts([], [[only('web'), 0]]))).toMatchObject({ code: 'GrantEnded' });
    expect(ask(pods, { ...facts([], [[only('web'), 9000]]), grants: [] })).toMatchObject({
      code: 'GrantAvailable',
    });
    expect(ask(pods, { ...facts([only('web')]), standingRemainingMs: 0 })).toMatchObject({
      code: 'StandingEnded',
    });
  });
});

test.each([
  ['another namespace', '/api/v1/namespaces/other/pods'],
  ['all namespaces', '/api/v1/pods'],
  ['another object by name', `${pods}/db`],
  ['another object by its fieldSelector', `${pods}?fieldSelector=metadata.name%3Ddb`],
])('filter gives nothing of %s', (_, target) => {
  expect(ask(target, facts([only('web')]))).toMatchObject({ code: 'NoRule' });
});

test('filter gives nothing of a deletecollection, nor of a verb that the rule has not', () => {
  const all = requestOf('DELETE', pods);
  expect(coversPart({ ...only('web'), verbs: ['list', 'deletecollection'] }, all)).toBe(false);
  expect(coversPart({ ...only('web'), verbs: ['list'] }, requestOf('GET', `${pods}?watch=1`))).toBe(false);
});

test('an object that is named is covered as ever', () => {
  for (const target of [`${pods}/web`, `${pods}?fieldSelector=metadata.name%3Dweb`])
    expect(permitted(target, facts([only('web', 'db')]))).toMatchObject({ filter: undefined, target });
});

describe('never', () => {
  const never = (resourceNames: string[] | undefined) => ({ never: [{ ...readPods, resourceNames }] });

  test('refuses a list that shows what it names, and one of all', () => {
    for (const names of [['db'], undefined])
      expect(ask(pods, facts([only('web', 'db')], [], never(names)))).toMatchObject({ code: 'Never' });
  });

  test('lets a list be that does not show what it names', () => {
    expect(permitted(pods, facts([only('web', 'db')], [], never(['vault']))).filter).toEqual(['web', 'db']);
  });
});

test('Observe shows what Enforce does, and all where Enforce would refuse', () => {
  const mode = { mode: 'Observe' };
  expect(permitted(pods, facts([only('web', 'db')], [], mode)).filter).toEqual(['web', 'db']);
  const never = { ...mode, never: [readPods] };
  expect(permitted(pods, facts([only('web', 'db')], [], never))).toMatchObject({
    filter: undefined,
    instead: { code: 'Never' },
  });
});

describe('decided again', () => {
  const again = (before: Partial<Facts>, after: Partial<Facts>) =>
    decideAgain(permitted(`${pods}?watch=1`, before), entitlementsOf(after), 1);
  const both = facts([only('web')], [[only('db'), 9000]]);
  const webAlone = { ...both, grants: [] };

  test('fewer names are a refusal, from all and from some', () => {
    expect(again(both, webAlone)).toMatchObject({ code: 'FilterNarrowed' });
    expect(again(facts([readPods]), webAlone)).toMatchObject({ code: 'FilterNarrowed' });
  });

  test('more names, and all, leave what is shown as it was', () => {
    expect(again(webAlone, both)).toMatchObject({ kind: 'permit', filter: ['web'] });
    expect(again(webAlone, facts([readPods]))).toMatchObject({ kind: 'permit', filter: ['web'] });
  });

  test('a view that was never widened outlives what could have widened it', () => {
    const permit = again(webAlone, both);
    if (permit.kind === 'refusal') throw new Error(permit.message);
    expect(decideAgain(permit, entitlementsOf(webAlone), 1)).toMatchObject({ kind: 'permit' });
  });

  test('the same names by other rules go on', () => {
    expect(again(both, facts([only('db', 'web', 'cart')]))).toMatchObject({
      kind: 'permit',
      filter: ['db', 'web'],
    });
  });
});

test('shows a name only where a live rule with filter has it, and at its end asks again', () => {
  const names = fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 });
  const rule = fc
    .record({
      names,
      filter: fc.boolean(),
      verbs: fc.subarray(['get', 'list', 'watch'] as const, { minLength: 1 }),
    })
    .filter(({ filter, verbs }) => !filter || verbs.some((verb) => verb !== 'get'))
    .map(({ names: resourceNames, filter, verbs }) => ({
      ...only(...resourceNames),
      verbs,
      filter: filter || undefined,
    }));
  const granted = fc.tuple(rule, fc.constantFrom(1000, 2000, 3000));
  const world = fc.record({
    standing: fc.array(rule, { minLength: 1, maxLength: 3 }),
    grants: fc.array(granted, { maxLength: 3 }),
    now: fc.constantFrom(0, 999, 1000, 2500, 3000),
    watch: fc.boolean(),
  });
  fc.assert(
    fc.property(world, ({ standing, grants, now, watch }) => {
      const live = [
        ...standing.map((each) => [each, 3_600_000] as const),
        ...grants.filter(([, until]) => now < until),
      ].filter(([each]) => each.filter === true && each.verbs.includes(watch ? 'watch' : 'list'));
      const decision = ask(watch ? `${pods}?watch=1` : pods, facts(standing, grants), now);
      expect(decision.kind).toBe(live.length > 0 ? 'permit' : 'refusal');
      if (decision.kind === 'refusal') return;
      expect(new Set(decision.filter)).toEqual(new Set(live.flatMap(([each]) => each.resourceNames)));
      expect(decision.until).toBe(Math.min(...live.map(([, until]) => until)));
    }),
    { numRuns: 500 },
  );
});
