// The budgets of the policy, asked before a call is forwarded or refused: permits and denials alike are counted, where a budget
// names the verb. Where none does, nobody is asked.
import type { ApiRequest } from '../policy/api-request.ts';
import { budgetSpent, countsAs, naming } from '../policy/budget.ts';
import { limit, type Permit } from '../policy/decide.ts';
import type { Policy } from '../policy/entitlements.ts';
import type { Budget, BudgetVerb } from '../policy/kinds/budget.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { SpendRequest, SpendResponse } from '../wire/spend.ts';
import type { HeldEntitlements } from './held-entitlements.ts';

/** Who keeps the count. Undefined: it could not be counted in time. Never rejects. */
export type Counter = (ask: SpendRequest) => Promise<SpendResponse | undefined>;

export interface Spending {
  /** Counts a permitted call: the permit to go on with, or what stands against it. */
  limit(permit: Permit, auditId: string): Promise<Permit | Refusal>;
  /** Counts a call that is refused, where it could be read and its caller is known; gives that refusal, whatever the answer. */
  count(refusal: Refusal, request: ApiRequest | undefined, auditId: string): Promise<Refusal>;
}

export interface SpendingParts {
  readonly held: HeldEntitlements;
  readonly counter: Counter;
  readonly now: () => number;
}

type Exhausted = Extract<SpendResponse, { kind: 'exhausted' }>;

/** Who calls on and on without room costs the controller one question in this time; a count that was renewed is found by it. */
const ASK_AGAIN_MS = 1000;

export function createSpending({ held, counter, now }: SpendingParts): Spending {
  const lately = new Map<BudgetVerb, { budgets: readonly Budget[]; answer: Exhausted; atMs: number }>();

  function governing(verb: BudgetVerb | undefined): Policy | undefined {
    const policy = held.current()?.held;
    const isCounted =
      verb !== undefined && policy?.kind === 'policy' && naming(policy.budgets, verb).length > 0;
    return isCounted ? policy : undefined;
  }

  async function ask(verb: BudgetVerb, { budgets }: Policy, auditId: string) {
    const known = lately.get(verb);
    if (known?.budgets === budgets) {
      const agoMs = now() - known.atMs;
      const freeInMs = known.answer.freeInMs - agoMs;
      if (agoMs < ASK_AGAIN_MS && freeInMs > 0) return { ...known.answer, freeInMs };
    }
    const answer = await counter({ auditId, verb });
    if (answer?.kind === 'exhausted') lately.set(verb, { budgets, answer, atMs: now() });
    return answer;
  }

  return {
    async limit(permit, auditId) {
      const { request } = permit;
      const verb = countsAs(request);
      const policy = governing(verb);
      if (verb === undefined || policy === undefined) return permit;
      const answer = await ask(verb, policy, auditId);
      if (answer?.kind === 'spent') return permit;
      const refusal =
        answer === undefined
          ? refuse('BudgetUnanswered', { request })
          : budgetSpent(request, policy.policy, answer);
      return limit(permit, refusal, policy);
    },
    async count(refusal, request, auditId) {
      const verb = request && countsAs(request);
      const policy = governing(verb);
      // What the budget itself refuses is not counted: who tries again would never have room. Nor what had no room for its
      // body: clients send that again unseen.
      const counts = refusal.code !== 'CollectionNotCounted' && refusal.code !== 'Busy';
      if (verb !== undefined && policy !== undefined && counts) await ask(verb, policy, auditId);
      return refusal;
    },
  };
}
