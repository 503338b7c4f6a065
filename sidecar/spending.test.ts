import { expect, test } from 'vitest';
import { decide, type Permit } from '../policy/decide.ts';
import { factsOf, policyOf, readPods, requestOf } from '../policy/fixtures.ts';
import { refuse } from '../policy/refusal.ts';
import { takeSnapshot } from '../policy/take-snapshot.ts';
import type { SpendResponse } from '../wire/spend.ts';
import { createHeldEntitlements } from './held-entitlements.ts';
import { createSpending } from './spending.ts';

const budget = { verbs: ['delete' as const], max: 3, per: '10m' };
const rule = { ...readPods, resources: ['configmaps'], verbs: ['get', 'update', 'create', 'delete'] };
const EXHAUSTED: SpendResponse = { kind: 'exhausted', index: 0, budget, freeInMs: 400_000 };
const path = '/api/v1/namespaces/shop/configmaps/web';

function stage(spec: object = {}) {
  let nowMs = 1000;
  const clock = { monotonicMs: () => nowMs, wallMs: () => nowMs };
  const held = createHeldEntitlements(clock);
  const take = (changed: object = spec) => {
    const standing = { lifetime: '8h', rules: [rule] };
    const policies = [policyOf({ standing, budgets: [budget], ...changed })];
    held.take(takeSnapshot(factsOf({ policies })), nowMs);
  };
  take();
  const asked: string[] = [];
  let answer: SpendResponse | undefined = { kind: 'spent' };
  const spending = createSpending({
    held,
    now: clock.monotonicMs,
    async counter({ auditId, verb }) {
      asked.push(`${verb} ${auditId}`);
      return answer;
    },
  });
  const permitOf = (method: string): Permit => {
    const decided = decide(requestOf(method, path), held.current() as never, nowMs);
    if (decided.kind === 'refusal') throw new Error(decided.message);
    return decided;
  };
  return {
    spending,
    asked,
    take,
    limit: (method = 'DELETE', auditId = 'id') => spending.limit(permitOf(method), auditId),
    answerWith: (next: SpendResponse | undefined) => {
      answer = next;
    },
    later: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('where no budget names the verb nobody is asked, and the permit is the same', async () => {
  const { limit, asked } = stage();
  for (const method of ['GET', 'PUT', 'POST']) expect(await limit(method)).toMatchObject({ kind: 'permit' });
  expect(asked).toEqual([]);
});

test('a permitted call is counted under its Audit-ID, and goes on where there is room', async () => {
  const { limit, asked } = stage();
  expect(await limit()).toMatchObject({ kind: 'permit', instead: undefined });
  expect(asked).toEqual(['delete id']);
});

test('without room it is refused, naming the budget, when there is room, and who can change it', async () => {
  const { limit, answerWith } = stage();
  answerWith(EXHAUSTED);
  const refused = await limit();
  expect(refused).toMatchObject({
    code: 'BudgetSpent',
    httpStatus: 403,
    rule: 'AgentPolicy agents/triage budgets[0]',
    retryAfterSeconds: 400,
  });
  expect(refused).toHaveProperty(
    'message',
    expect.stringMatching(/at most 3 delete in 10m.*in 6m40s.*owners/),
  );
});

test('under Observe it goes on, marked; but not where nobody can say', async () => {
  const { limit, answerWith } = stage({ mode: 'Observe' });
  answerWith(EXHAUSTED);
  expect(await limit()).toMatchObject({ kind: 'permit', instead: { code: 'BudgetSpent' } });
  answerWith(undefined);
  const { limit: enforced, answerWith: answerEnforced } = stage({ mode: 'Observe' });
  answerEnforced(undefined);
  expect(await enforced()).toMatchObject({ code: 'BudgetUnanswered', httpStatus: 503 });
});

test('a refused call is counted and keeps its refusal, whatever the answer', async () => {
  const { spending, asked, answerWith } = stage();
  const request = requestOf('DELETE', path);
  const never = refuse('Never', { request, rule: 'AgentPolicy agents/triage never[0]' });
  for (const answer of [{ kind: 'spent' } as const, EXHAUSTED, undefined]) {
    answerWith(answer);
    expect(await spending.count(never, request, `${answer?.kind}`)).toBe(never);
  }
  expect(asked).toEqual(['delete spent', 'delete exhausted']);
});

test('what had no room is not counted: clients send it again unseen', async () => {
  const { spending, asked } = stage();
  const request = requestOf('DELETE', path);
  await spending.count(refuse('Busy', { request }), request, 'id');
  expect(asked).toEqual([]);
  await spending.count(refuse('TooLarge', { request, limitBytes: 1 }), request, 'id');
  expect(asked).toEqual(['delete id']);
});

test('what could not be read, and what the budget itself refuses, is not counted', async () => {
  const { spending, asked } = stage({ budgets: [{ ...budget, verbs: ['deletecollection'] }] });
  const request = requestOf('DELETE', '/api/v1/namespaces/shop/configmaps');
  const uncounted = refuse('CollectionNotCounted', { request, rule: 'AgentPolicy agents/triage budgets[0]' });
  await spending.count(uncounted, request, 'id');
  await spending.count(refuse('MalformedTarget', { request, why: 'x' }), undefined, 'id');
  expect(asked).toEqual([]);
});

test('who calls on and on without room is answered from memory for a second, or until the policy changes', async () => {
  const { limit, asked, answerWith, later, take } = stage();
  answerWith(EXHAUSTED);
  await limit();
  later(999);
  expect(await limit()).toMatchObject({ retryAfterSeconds: 400 });
  later(1);
  await limit();
  expect(asked).toHaveLength(2);
  take({ budgets: [{ ...budget, max: 4 }] });
  answerWith({ kind: 'spent' });
  expect(await limit()).toMatchObject({ kind: 'permit' });
  expect(asked).toHaveLength(3);
});

test('room that comes within the second is found when it comes', async () => {
  const { limit, answerWith, later } = stage();
  answerWith({ ...EXHAUSTED, freeInMs: 10 });
  await limit();
  answerWith({ kind: 'spent' });
  later(9);
  expect(await limit()).toMatchObject({ code: 'BudgetSpent', retryAfterSeconds: 1 });
  later(1);
  expect(await limit()).toMatchObject({ kind: 'permit' });
});
