// Budgets: which calls count, and whether one more has room in a span that slides: at most `max` counted calls in any `per`.
// Pure: who keeps the count brings it, and the time.
import type { ApiRequest } from './api-request.ts';
import { builtIn } from './discovery.ts';
import { parseDuration } from './duration.ts';
import { type Budget, type BudgetVerb, budgetVerb } from './kinds/budget.ts';
import { isBuiltIn } from './namespaced.ts';
import { type Objection, objection } from './objection.ts';
import { type Refusal, refuse } from './refusal.ts';
import { asCreate } from './stream-rule.ts';

/** A call that was counted, on whatever clock the count is kept by. */
export interface Spend {
  readonly verb: BudgetVerb;
  readonly atMs: number;
}

export type Spending<S extends Spend = Spend> =
  /** With what the count holds from now on: the call, and no call that no budget asks for any more. */
  | { readonly kind: 'spent'; readonly spends: readonly S[] }
  /** Of the budgets without room, the one that is longest without it. */
  | { readonly kind: 'exhausted'; readonly index: number; readonly freeInMs: number };

/**
 * Spends a call of now (`call.atMs`) in every budget that names its verb, or in none. `tickMs`: how coarse the clock is; by so
 * much spans are longer, for a time is cut down to the tick and two calls may be closer than it says.
 */
export function spend<S extends Spend>(
  spends: readonly S[],
  budgets: readonly Budget[],
  call: S,
  tickMs: number,
): Spending<S> {
  const nowMs = call.atMs;
  const endOf = ({ atMs }: S, { per }: Budget) => atMs + (parseDuration(per) ?? 0) + tickMs;
  const room = budgets.map((budget) => {
    if (!budget.verbs.includes(call.verb)) return 0;
    const ends = spends.filter(({ verb }) => budget.verbs.includes(verb)).map((each) => endOf(each, budget));
    const [next = nowMs] = ends.sort((a, b) => b - a).slice(budget.max - 1);
    return next - nowMs;
  });
  const freeInMs = Math.max(0, ...room);
  if (freeInMs > 0) return { kind: 'exhausted', index: room.indexOf(freeInMs), freeInMs };
  const counting = spends.filter((each) =>
    naming(budgets, each.verb).some((budget) => nowMs < endOf(each, budget)),
  );
  return { kind: 'spent', spends: [...counting, call] };
}

/** Those budgets that a call of this verb counts in. */
export const naming = (budgets: readonly Budget[], verb: BudgetVerb): readonly Budget[] =>
  budgets.filter(({ verbs }) => verbs.includes(verb));

/**
 * What a request counts as. Nothing: what only reads, what needs no rule, and a dry run. That is one as upstream reads it for
 * these verbs, by the query alone (k8s.io/apiserver/pkg/endpoints/handlers/{create,update,patch}.go); for a delete the body
 * may say otherwise, what a subresource does (exec, token, eviction) may not ask, and what is not built in may be served by
 * another API server, which takes it for nothing.
 */
export function countsAs(request: ApiRequest): BudgetVerb | undefined {
  const verb = budgetVerb.options.find((each) => each === asCreate(request).verb);
  if (verb === undefined || isDryRun(request) || builtIn(request) !== undefined) return undefined;
  return isEviction(request) ? 'delete' : verb;
}

/** It creates nothing that stays: the pod is deleted (k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go). */
const isEviction = (request: ApiRequest): boolean =>
  request.kind === 'resource' &&
  request.verb === 'create' &&
  request.apiGroup === '' &&
  request.resource === 'pods' &&
  request.subresource === 'eviction';

const DRY_RUNNING: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

function isDryRun(request: ApiRequest): boolean {
  if (request.kind !== 'resource' || request.subresource !== undefined) return false;
  if (!isBuiltIn(request.apiGroup, request.resource)) return false;
  const values = request.query.flatMap(([name, value]) => (name === 'dryRun' ? [value] : []));
  return DRY_RUNNING.has(request.verb) && values.length === 1 && values[0] === 'All';
}

/** How many objects a deletecollection deletes is not known before: within a budget that names it, it is never made. */
export function uncountable(
  request: ApiRequest,
  { policy, budgets }: { readonly policy: string; readonly budgets: readonly Budget[] },
): Objection | undefined {
  if (request.verb !== 'deletecollection') return undefined;
  const index = budgets.findIndex(({ verbs }) => verbs.includes('deletecollection'));
  if (index === -1) return undefined;
  return objection('CollectionNotCounted', { request, rule: budgetText(policy, index) });
}

/** Why there is no room: what refuses the call. `policy`: `namespace/name`. */
export function budgetSpent(
  request: ApiRequest,
  policy: string,
  { index, budget, freeInMs }: { readonly index: number; readonly budget: Budget; readonly freeInMs: number },
): Refusal {
  const { verbs, max, per } = budget;
  const retryAfterSeconds = Math.ceil(freeInMs / 1000);
  const rule = budgetText(policy, index);
  return refuse('BudgetSpent', { request, rule, policy, verbs, max, per, retryAfterSeconds });
}

const budgetText = (policy: string, index: number) => `AgentPolicy ${policy} budgets[${index}]`;
