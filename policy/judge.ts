// What a policy and the walls around it say to one request: all that speaks against it, what counts most first, and what it
// rests on. Closed list and what no rule could be written for, never, what is not built yet, kinds that nobody has named; then
// Grants, standing rules; then why not.
import type { ApiRequest } from './api-request.ts';
import { type Basis, basisOf } from './basis.ts';
import { uncountable } from './budget.ts';
import { type Closure, closureOf } from './closed.ts';
import { pathClosure } from './closed-paths.ts';
import { builtIn } from './discovery.ts';
import type { Entitlements, Holding, Policy } from './entitlements.ts';
import { writesWorkload } from './guard/workload-kinds.ts';
import { textOf } from './mode.ts';
import { notYet } from './not-yet.ts';
import { type Objection, objection } from './objection.ts';
import { type Ground, groundClosure } from './own-ground.ts';
import { covers, coversPart, ruleKey, touches } from './rule.ts';
import { find } from './rule-index.ts';
import { streamBasis, ungiven } from './stream-basis.ts';
import { asCreate } from './stream-rule.ts';
import { unnamedKind } from './unnamed-kind.ts';
import { unwritable } from './unwritable.ts';
import { whyNot } from './why-not.ts';

export interface Verdict {
  /** Empty: nothing speaks against it. */
  readonly objections: readonly Objection[];
  /** The rule that covers it; where none does, the policy's mode, for as long as the lease. */
  readonly basis: Basis;
}

type Surroundings = Pick<Entitlements, 'ground' | 'leaseUntil' | 'guarded'>;

/** Judges a request at `nowMs`, on the clock of the entitlements' arrival. */
export function judge(
  asked: ApiRequest,
  { ground, leaseUntil, guarded }: Surroundings,
  held: Policy,
  nowMs: number,
): Verdict {
  const request = asCreate(asked);
  const set = builtIn(request);
  const closures = set === undefined ? closuresOf(request, ground) : [];
  const [closure] = closures;
  const isNamed = naming(closure);
  const counts = (each: Named, of = request) =>
    isNamed(each) && (covers(each.rule, of) || coversPart(each.rule, of));
  const pending = request.kind === 'resource' ? notYet(request) : undefined;
  const best: Basis | undefined =
    set === undefined
      ? (streamBasis(request, held.holdings, isNamed, nowMs) ??
        basisOf(request, held.holdings, counts, nowMs))
      : { text: set, until: leaseUntil };
  const ban = find(held.bans, request, ({ rule }) => touches(rule, request, best?.filter));
  const never = closures.find(({ openness }) => openness === 'never');
  const shut = never ?? (best === undefined ? unwritable(request) : undefined);
  const isUnnamed = best === undefined && unnamedKind(request, held);
  const walls = [
    shut && objection('ClosedList', { request, why: shut.why }),
    ban && objection('Never', { request, rule: ban.text }),
    pending && objection(pending, { request }),
    !guarded && writesWorkload(request) && objection('NotGuarded', { request }),
    isUnnamed && objection('KindNotNamed', { request, policy: held.policy }),
  ];
  const uncovered = () => {
    const asking = ungiven(request, held.holdings, isNamed, nowMs);
    const answers = (each: Named) => counts(each, asking);
    return whyNot({ request: asking, held, ground, nowMs, counts: answers, closure });
  };
  return {
    objections: [...walls, ...(best === undefined ? uncovered() : []), uncountable(request, held)].filter(
      (each) => typeof each === 'object',
    ),
    basis: best ?? { text: textOf(held.mode, held.policy), until: leaseUntil },
  };
}

interface Named {
  readonly rule: Holding['rule'];
}

/** Where the closed list wants the object named, only rules that name it count. Every rule for a path names it. */
const naming =
  (closure: Closure | undefined) =>
  ({ rule }: Named) =>
    closure === undefined || (rule.resourceNames ?? rule.nonResourceURLs) !== undefined;

function closuresOf(request: ApiRequest, ground: Ground): Closure[] {
  const closures =
    request.kind === 'nonResource'
      ? [pathClosure(request.path)]
      : [groundClosure(request, ground), closureOf(request.apiGroup, ruleKey(request), request.verb)];
  return closures.filter((closure) => closure !== undefined);
}
