// The count of a run, kept in its own process: every run begins with none.
import { type Spend, spend } from '../../policy/budget.ts';
import type { HeldEntitlements } from '../../sidecar/held-entitlements.ts';
import type { Counter } from '../../sidecar/spending.ts';

/** `nowMs` is monotonic, and exact. */
export function countHere(held: HeldEntitlements, nowMs: () => number): Counter {
  let spends: readonly Spend[] = [];
  return async ({ verb }) => {
    const policy = held.current()?.held;
    const budgets = policy?.kind === 'policy' ? policy.budgets : [];
    const spending = spend(spends, budgets, { verb, atMs: nowMs() }, 0);
    if (spending.kind === 'exhausted') {
      const budget = budgets[spending.index];
      return budget && { ...spending, budget };
    }
    spends = spending.spends;
    return { kind: 'spent' };
  };
}
