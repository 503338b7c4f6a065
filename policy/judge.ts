// What a policy and the walls around it say to one request: all that speaks against it, what counts most first, and what it
// rests on. Closed list and what no rule could be written for, never, what is not built yet; then Grants, standing rules;
// then why not.
import type { ApiRequest } from './api-request.ts';
import { type Closure, closureOf } from './closed.ts';
import { pathClosure } from './closed-paths.ts';
import { builtIn } from './discovery.ts';
import { type Entitlements, type Holding, named, type Policy } from './entitlements.ts';
import { textOf } from './mode.ts';
import { notYet } from './not-yet.ts';
import { type Ground, groundClosure } from './own-ground.ts';
import { type Refusal, refuse } from './refusal.ts';
import { covers, ruleKey, touches } from './rule.ts';
import { unwritable } from './unwritable.ts';
import { whyNot } from './why-not.ts';

export type Basis = Pick<Holding, 'text' | 'until'> & Partial<Holding>;

export interface Verdict {
  /** Empty: nothing speaks against it. */
  readonly objections: readonly Refusal[];
  /** The rule that covers it; where none does, the policy's mode, for as long as the lease. */
  readonly basis: Basis;
}

/** Judges a request at `nowMs`, on the clock of the entitlements' arrival. */
export function judge(
  request: ApiRequest,
  { ground, leaseUntil }: Pick<Entitlements, 'ground' | 'leaseUntil'>,
  held: Policy,
  nowMs: number,
): Verdict {
  const closures = closuresOf(request, ground);
  const ban = named(held.bans, request).find(({ rule }) => touches(rule, request));
  const pending = request.kind === 'resource' ? notYet(request) : undefined;
  const set = builtIn(request);
  const counts = counting(request, closures[0]);
  const covering = set === undefined ? named(held.holdings, request).filter(counts).sort(stronger) : [];
  const covered = covering.find(({ until }) => nowMs < until);
  const best = set === undefined ? covered : { text: set, until: leaseUntil };
  const never = closures.find(({ openness }) => openness === 'never');
  const shut = never ?? (best === undefined ? unwritable(request) : undefined);
  const walls = [
    shut && refuse('ClosedList', { request, why: shut.why }),
    ban && refuse('Never', { request, rule: ban.text }),
    pending && refuse(pending, { request }),
  ];
  const around = { request, held, ground, nowMs, counts, ended: covering, closure: closures[0] };
  const uncovered = best === undefined ? whyNot(around) : [];
  return {
    objections: [...walls, ...uncovered].filter((each) => each !== undefined),
    basis: best ?? { text: textOf(held.mode, held.policy), until: leaseUntil },
  };
}

/** Where the closed list wants the object named, only rules that name it count. Every rule for a path names it. */
const counting =
  (request: ApiRequest, closure: Closure | undefined) =>
  ({ rule }: { rule: Holding['rule'] }) =>
    (closure === undefined || (rule.resourceNames ?? rule.nonResourceURLs) !== undefined) &&
    covers(rule, request);

/** Orders what covers a request: a Grant first, then what reveals, then what holds longest. */
function stronger(a: Holding, b: Holding): number {
  const isGrant = (of: Holding) => Number(of.source === 'grant');
  const reveals = (of: Holding) => Number(of.rule.reveal === true);
  return isGrant(b) - isGrant(a) || reveals(b) - reveals(a) || b.until - a.until;
}

function closuresOf(request: ApiRequest, ground: Ground): Closure[] {
  const closures =
    request.kind === 'nonResource'
      ? [pathClosure(request.path)]
      : [groundClosure(request, ground), closureOf(request.apiGroup, ruleKey(request), request.verb)];
  return closures.filter((closure) => closure !== undefined);
}
