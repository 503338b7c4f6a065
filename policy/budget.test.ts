import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsAs, type Spend, spend } from './budget.ts';
import { decide, limit } from './decide.ts';
import { entitlementsOf, policyOf, readPods, requestOf } from './fixtures.ts';
import { type Budget, budgetVerb } from './kinds/budget.ts';
import { refuse } from './refusal.ts';

const budget = (verbs: Budget['verbs'], max: number, per: string): Budget => ({ verbs, max, per });
const deletes = (...atMs: number[]): Spend[] => atMs.map((at) => ({ verb: 'delete', atMs: at }));
const spendAt = (spends: readonly Spend[], budgets: readonly Budget[], atMs: number, tickMs = 0) =>
  spend(spends, budgets, { verb: 'delete', atMs }, tickMs);

describe('a budget', () => {
  const three = [budget(['delete'], 3, '10s')];

  test('has room until it is spent, and again when the first call has left the span', () => {
    expect(spendAt(deletes(0, 1), three, 2).kind).toBe('spent');
    expect(spendAt(deletes(0, 1, 2), three, 3)).toMatchObject({
      kind: 'exhausted',
      index: 0,
      freeInMs: 9_997,
    });
    expect(spendAt(deletes(0, 1, 2), three, 9_999)).toMatchObject({ kind: 'exhausted', freeInMs: 1 });
    expect(spendAt(deletes(0, 1, 2), three, 10_000)).toMatchObject({ spends: deletes(1, 2, 10_000) });
  });

  test('that is lowered waits until no more than its new number are in the span', () => {
    const one = [budget(['delete'], 1, '10s')];
    expect(spendAt(deletes(0, 4_000, 8_000), one, 9_000)).toMatchObject({ freeInMs: 9_000 });
  });

  test('counts the verbs that it names, together, and no others', () => {
    const writes = [budget(['update', 'delete'], 1, '10s')];
    expect(spendAt([{ verb: 'update', atMs: 0 }], writes, 1).kind).toBe('exhausted');
    expect(spendAt([{ verb: 'patch', atMs: 0 }], writes, 1).kind).toBe('spent');
  });

  test('is not spent where another has no room, and the one told is the longest without it', () => {
    const budgets = [budget(['delete'], 5, '1h'), budget(['delete'], 1, '10s'), budget(['delete'], 1, '20s')];
    expect(spendAt(deletes(0), budgets, 1)).toEqual({ kind: 'exhausted', index: 2, freeInMs: 19_999 });
  });

  test('holds what lies in the future, by a clock that was set back, until it has passed', () => {
    expect(spendAt(deletes(60_000), [budget(['delete'], 1, '10s')], 0)).toMatchObject({ freeInMs: 70_000 });
  });

  test('counted by a coarse clock spans that much more, so that no two calls are closer than they seem', () => {
    const one = [budget(['delete'], 1, '10s')];
    expect(spendAt(deletes(0), one, 10_000, 1000)).toMatchObject({ kind: 'exhausted', freeInMs: 1000 });
    expect(spendAt(deletes(0), one, 11_000, 1000).kind).toBe('spent');
  });
});

const anyBudget = fc.record({
  verbs: fc.uniqueArray(fc.constantFrom(...budgetVerb.options), { minLength: 1 }),
  max: fc.integer({ min: 1, max: 4 }),
  per: fc.constantFrom('1s', '2s', '5s'),
});
const PER_MS: Record<string, number> = { '1s': 1000, '2s': 2000, '5s': 5000 };
const calls = fc.array(
  fc.record({ verb: fc.constantFrom(...budgetVerb.options), afterMs: fc.integer({ min: 0, max: 1500 }) }),
  { maxLength: 60 },
);

test('is what one who kept every call for ever would say, and says when the next one has room', () => {
  fc.assert(
    fc.property(fc.array(anyBudget, { minLength: 1, maxLength: 4 }), calls, (budgets, sequence) => {
      const ever: Spend[] = [];
      let kept: readonly Spend[] = [];
      let nowMs = 0;
      const hasRoom = (verb: Spend['verb'], atMs: number) =>
        budgets.every(
          ({ verbs, max, per }) =>
            !verbs.includes(verb) ||
            ever.filter((each) => verbs.includes(each.verb) && atMs - each.atMs < (PER_MS[per] ?? 0)).length <
              max,
        );
      for (const { verb, afterMs } of sequence) {
        nowMs += afterMs;
        const answer = spend(kept, budgets, { verb, atMs: nowMs }, 0);
        expect(answer.kind).toBe(hasRoom(verb, nowMs) ? 'spent' : 'exhausted');
        if (answer.kind === 'spent') {
          ever.push({ verb, atMs: nowMs });
          kept = answer.spends;
          expect(kept.length).toBeLessThanOrEqual(budgets.reduce((sum, { max }) => sum + max, 1));
        } else {
          expect(hasRoom(verb, nowMs + answer.freeInMs - 1)).toBe(false);
          expect(hasRoom(verb, nowMs + answer.freeInMs)).toBe(true);
          expect(budgets[answer.index]?.verbs).toContain(verb);
        }
      }
    }),
  );
});

const core = '/api/v1/namespaces/shop';

test.each<[string, string, string | undefined]>([
  ['POST', `${core}/configmaps`, 'create'],
  ['PUT', `${core}/configmaps/web`, 'update'],
  ['PATCH', `${core}/configmaps/web`, 'patch'],
  ['DELETE', `${core}/configmaps/web`, 'delete'],
  ['DELETE', `${core}/configmaps`, 'deletecollection'],
  ['DELETE', '/metrics', 'delete'],
  // Whichever way a client asks for a stream.
  ['POST', `${core}/pods/web/exec`, 'create'],
  ['GET', `${core}/pods/web/exec`, 'create'],
  ['GET', `${core}/pods/web/attach`, 'create'],
  ['GET', `${core}/pods/web/portforward`, 'create'],
  ['HEAD', `${core}/pods/web/exec`, undefined],
  // An eviction deletes; what is only named so does not.
  ['POST', `${core}/pods/web/eviction`, 'delete'],
  ['PUT', `${core}/pods/web/eviction`, 'update'],
  ['POST', `${core}/services/web/eviction`, 'create'],
  ['POST', '/apis/metrics.k8s.io/v1/namespaces/shop/pods/web/eviction', 'create'],
  ['GET', `${core}/configmaps`, undefined],
  ['POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', undefined],
  // A dry run.
  ['POST', `${core}/configmaps?dryRun=All`, undefined],
  ['PUT', `${core}/configmaps/web?fieldManager=a&dryRun=All`, undefined],
  ['PATCH', `${core}/configmaps/web?dryRun=%41ll`, undefined],
  // Of a kind that is not built in: whoever serves it may not know of dry runs.
  ['POST', '/apis/metrics.k8s.io/v1/namespaces/shop/things?dryRun=All', 'create'],
  ['PATCH', '/apis/cert-manager.io/v1/clusterissuers/a?dryRun=All', 'patch'],
  ['PUT', '/apis/apps/v1/namespaces/shop/deployments/web?dryRun=All', undefined],
  ['PUT', '/apis/apps/v1/namespaces/shop/things/web?dryRun=All', 'update'],
  // What upstream may read otherwise, or not ask for.
  ['PATCH', `${core}/configmaps/web?dryRun=`, 'patch'],
  ['PATCH', `${core}/configmaps/web?dryRun=all`, 'patch'],
  ['PATCH', `${core}/configmaps/web?dryrun=All`, 'patch'],
  ['DELETE', `${core}/configmaps/web?dryRun=All`, 'delete'],
  ['DELETE', `${core}/configmaps?dryRun=All`, 'deletecollection'],
  ['POST', `${core}/pods/web/eviction?dryRun=All`, 'delete'],
  ['PATCH', '/metrics?dryRun=All', 'patch'],
])('%s %s counts as %s', (method, target, verb) => {
  expect(countsAs(requestOf(method, target))).toBe(verb);
});

describe('a deletecollection within a budget that names it', () => {
  const collections = { ...readPods, resources: ['configmaps'], verbs: ['deletecollection', 'delete'] };
  const budgets = [budget(['create'], 1, '1m'), budget(['delete', 'deletecollection'], 3, '10m')];
  const spec = { standing: { lifetime: '8h', rules: [collections] }, budgets };
  const ask = (more: object) =>
    decide(
      requestOf('DELETE', `${core}/configmaps`),
      entitlementsOf({ policies: [policyOf({ ...spec, ...more })] }),
      1,
    );

  test('is refused, whatever is spent, and says how else', () => {
    expect(ask({})).toMatchObject({
      code: 'CollectionNotCounted',
      rule: 'AgentPolicy agents/triage budgets[1]',
      message: expect.stringContaining('one by one'),
    });
    expect(ask({ budgets: undefined })).toMatchObject({ kind: 'permit' });
  });

  test('is let through under Observe, marked with that', () => {
    expect(ask({ mode: 'Observe' })).toMatchObject({
      kind: 'permit',
      instead: { code: 'CollectionNotCounted' },
    });
  });

  test('is refused for what else speaks against it, where something does', () => {
    expect(ask({ never: [collections] })).toMatchObject({ code: 'Never' });
  });
});

test('a spent budget refuses a permitted call, and under Observe stands beside its permit', () => {
  const request = requestOf('GET', `${core}/pods`);
  const permit = decide(request, entitlementsOf(), 1);
  if (permit.kind === 'refusal') throw new Error(permit.message);
  const rule = 'AgentPolicy agents/triage budgets[0]';
  const facts = { request, rule, verbs: ['delete'], max: 3, per: '10m', retryAfterSeconds: 432 };
  const spent = refuse('BudgetSpent', facts);
  expect(limit(permit, spent, { mode: 'Enforce', policy: 'agents/triage' })).toBe(spent);
  expect(limit(permit, spent, { mode: 'Observe', policy: 'agents/triage' })).toMatchObject({
    kind: 'permit',
    rule: 'AgentPolicy agents/triage mode Observe',
    instead: { code: 'BudgetSpent' },
  });
  const unanswered = refuse('BudgetUnanswered', { request });
  expect(limit(permit, unanswered, { mode: 'Observe', policy: 'agents/triage' })).toBe(unanswered);
});
