// The lines of a workload's count, `<RFC 3339> <verb>` by the call's Audit-ID: pure. What is asked again is counted already,
// and each line joins a record with the API server's audit log. A line that cannot be read is none.
import { type Spend, spend } from '../../policy/budget.ts';
import { parseDuration } from '../../policy/duration.ts';
import { type Budget, budgetVerb } from '../../policy/kinds/budget.ts';
import type { SpendRequest, SpendResponse } from '../../wire/spend.ts';
import type { KubeObject } from '../kube/api.ts';

/** The API server's clock, as it tells it (kube/clock.ts). */
const TICK_MS = 1000;

interface Line extends Spend {
  readonly auditId: string;
}

export type Lines = ReadonlyMap<string, Line>;

/** One call to count, and the budgets of its policy. */
export interface Ask extends SpendRequest {
  readonly budgets: readonly Budget[];
}

export function linesOf(object: KubeObject | undefined): Lines {
  const { data = {} } = (object ?? {}) as { data?: Readonly<Record<string, string>> };
  return new Map(
    Object.entries(data).flatMap(([auditId, line]) => {
      const [at = '', word] = line.split(' ');
      const atMs = Date.parse(at);
      const verb = budgetVerb.options.find((each) => each === word);
      return verb === undefined || Number.isNaN(atMs) ? [] : [[auditId, { auditId, verb, atMs }]];
    }),
  );
}

export function dataOf(lines: Lines): Record<string, string> {
  const print = ({ atMs, verb }: Line) => `${new Date(atMs).toISOString()} ${verb}`;
  return Object.fromEntries([...lines].map(([auditId, line]) => [auditId, print(line)]));
}

export interface Counted {
  readonly answers: readonly SpendResponse[];
  /** What to write, in the order of what was kept; undefined: as it stands. */
  readonly next: readonly Lines[] | undefined;
}

/**
 * Counts these calls, one after another, in what is kept of a ReplicaSet and its Deployment together. A call that all of them
 * hold is counted already; one that a writer who lost has left in some of them is not, and takes up room all the same. To each
 * is added what is counted now, and nothing that another holds: only who has found room for a call makes it whole. A line that
 * a clock which was ahead has left counts as of now, and is written so: its span ends, too.
 */
export function countIn(stored: readonly Lines[], asks: readonly Ask[], nowMs: number): Counted {
  const isAhead = ({ atMs }: Line) => atMs > nowMs;
  const kept = stored.map(
    (lines): Lines =>
      new Map(
        [...lines].map(([auditId, line]) => [auditId, isAhead(line) ? { ...line, atMs: nowMs } : line]),
      ),
  );
  let all: Lines = new Map(kept.flatMap((each) => [...each]));
  const added = new Map<string, Line>();
  const answers = asks.map(({ auditId, verb, budgets }): SpendResponse => {
    if (kept.every((each) => each.has(auditId))) return { kind: 'spent' };
    const others = [...all.values()].filter((line) => line.auditId !== auditId);
    const line = { auditId, verb, atMs: nowMs };
    const spending = spend(others, budgets, line, TICK_MS);
    if (spending.kind === 'exhausted') return { ...spending, budget: budgets[spending.index] as Budget };
    all = new Map(spending.spends.map((each) => [each.auditId, each]));
    added.set(auditId, line);
    return { kind: 'spent' };
  });
  const counting = (lines: Lines) => [...lines].filter(([auditId]) => all.has(auditId));
  const changes = added.size > 0 || stored.some((lines) => [...lines.values()].some(isAhead));
  return {
    answers,
    next: changes ? kept.map((lines) => new Map([...counting(lines), ...added])) : undefined,
  };
}

/** From when on nothing in it counts any more, whatever is in it; epoch ms. */
export function overAtMs(budgets: readonly Budget[], nowMs: number): number {
  return nowMs + Math.max(...budgets.map(({ per }) => parseDuration(per) ?? 0)) + TICK_MS;
}
