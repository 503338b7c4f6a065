// The decision: closed list, never, what is not built yet; then Grants, standing rules; then why not.
// A Permit comes from here and from nowhere else, and forward() takes nothing but a Permit.

import { targetFor } from './across.ts';
import type { ApiRequest } from './api-request.ts';
import { type Closure, closureOf } from './closed.ts';
import { creationOf } from './creation.ts';
import { builtIn } from './discovery.ts';
import { type Entitlements, type Holding, named } from './entitlements.ts';
import { notYet } from './not-yet.ts';
import { type Ground, groundClosure } from './own-ground.ts';
import { type Refusal, refuse } from './refusal.ts';
import { covers, ruleKey, touches } from './rule.ts';

const decided: unique symbol = Symbol('decided');

export interface Permit {
  readonly [decided]: true;
  readonly kind: 'permit';
  readonly request: ApiRequest;
  /** The canonical target to forward: the request's own, but for chaperone's namespace in what reaches across all (across.ts). */
  readonly target: string;
  /** What decided: `AgentPolicy agents/triage standing.rules[0]`, `Grant agents/triage-7f2`, `discovery`, `whoami`. */
  readonly rule: string;
  /**
   * Monotonic ms at which the rule ends, and with it every stream under this Permit; ask again then. The lease is not in
   * it (a lease is renewed while streams are open); only the built-in sets, which have no end of their own, end with it.
   */
  readonly until: number;
  /** Real values of this Secret may be shown. */
  readonly reveal: boolean;
  /** `namespace/name` */
  readonly grant: string | undefined;
  readonly task: string | undefined;
}

type Policy = Extract<Entitlements['held'], { kind: 'policy' }>;

/**
 * Decides a request. `nowMs` is on the clock of the entitlements' arrival. `contentType` is that of the body: a PUT, and
 * a PATCH that is not told to be otherwise, also needs a rule with create (creation.ts).
 */
export function decide(
  request: ApiRequest,
  entitlements: Entitlements,
  nowMs: number,
  contentType?: string,
): Permit | Refusal {
  const { held } = entitlements;
  // Written so that a deadline that is no number has passed.
  if (!(nowMs < entitlements.leaseUntil)) return refuse('StaleLease', { request });
  if (held.kind !== 'policy') return ungoverned(request, entitlements, held);
  const verdict = judge(request, entitlements, held, nowMs);
  const creation = verdict.kind === 'permit' ? creationOf(request, contentType) : undefined;
  if (verdict.kind === 'refusal' || creation === undefined) return verdict;
  const create = judge(creation, entitlements, held, nowMs);
  return create.kind === 'refusal' ? create : { ...verdict, until: Math.min(verdict.until, create.until) };
}

/**
 * Decides again what was permitted, when the entitlements have changed or the permit's end has come. Less than was permitted
 * is a refusal too: an answer under way may hold real values.
 */
export function decideAgain(
  { request, reveal, rule }: Permit,
  entitlements: Entitlements,
  nowMs: number,
  contentType?: string,
): Permit | Refusal {
  const again = decide(request, entitlements, nowMs, contentType);
  const showsLess = again.kind === 'permit' && reveal && !again.reveal;
  return showsLess ? refuse('RevealEnded', { request, rule }) : again;
}

/** No policy holds: nothing but discovery, without which kubectl would hide why (docs/decisions/0005). */
function ungoverned(
  request: ApiRequest,
  { ground, leaseUntil }: Entitlements,
  held: Exclude<Entitlements['held'], Policy>,
) {
  const set = builtIn(request);
  if (set === 'discovery') return permit(request, ground, { text: set, until: leaseUntil });
  if (held.kind === 'conflict') return refuse('PolicyConflict', { request, policies: held.policies });
  return refuse('NoPolicy', { request, serviceAccount: held.serviceAccount });
}

function judge(request: ApiRequest, { ground, leaseUntil }: Entitlements, held: Policy, nowMs: number) {
  const closures = closuresOf(request, ground);
  const shut = closures.find(({ openness }) => openness === 'never');
  if (shut !== undefined) return refuse('ClosedList', { request, why: shut.why });
  const ban = named(held.bans, request).find(({ rule }) => touches(rule, request));
  if (ban !== undefined) return refuse('Never', { request, rule: ban.text });
  const pending = request.kind === 'resource' ? notYet(request) : undefined;
  if (pending !== undefined) return refuse(pending, { request });
  const set = builtIn(request);
  if (set !== undefined) return permit(request, ground, { text: set, until: leaseUntil });
  return judgeByRules(request, ground, held, nowMs, closures[0]);
}

/** Grants before standing rules; where the closed list wants the object named, only rules that name it count. */
function judgeByRules(
  request: ApiRequest,
  ground: Ground,
  held: Policy,
  nowMs: number,
  closure: Closure | undefined,
) {
  const counts = ({ rule }: { rule: Holding['rule'] }) =>
    (closure === undefined || rule.resourceNames !== undefined) && covers(rule, request);
  const covering = named(held.holdings, request).filter(counts);
  const [best] = covering.filter(({ until }) => nowMs < until).sort(stronger);
  if (best !== undefined) return permit(request, ground, best);

  const [ended] = covering.sort(stronger);
  if (ended?.scope !== undefined)
    return refuse('GrantEnded', { request, rule: ended.text, scope: ended.scope });
  if (ended !== undefined) return refuse('StandingEnded', { request, rule: ended.text });
  const offer = named(held.offers, request).find(counts);
  if (offer !== undefined) {
    const { scope, maxDuration, approval } = offer;
    return refuse('GrantAvailable', { request, policy: held.policy, scope, maxDuration, approval });
  }
  if (closure !== undefined) return refuse('ClosedUnlessNamed', { request, why: closure.why });
  return refuse('NoRule', { request, policy: held.policy });
}

/** Orders what covers a request: a Grant first, then what reveals, then what holds longest. */
function stronger(a: Holding, b: Holding): number {
  const isGrant = (of: Holding) => Number(of.source === 'grant');
  const reveals = (of: Holding) => Number(of.rule.reveal === true);
  return isGrant(b) - isGrant(a) || reveals(b) - reveals(a) || b.until - a.until;
}

function closuresOf(request: ApiRequest, ground: Ground): Closure[] {
  if (request.kind === 'nonResource') return [];
  const closures = [
    groundClosure(request, ground),
    closureOf(request.apiGroup, ruleKey(request), request.verb),
  ];
  return closures.filter((closure) => closure !== undefined);
}

type Basis = Pick<Holding, 'text' | 'until'> & Partial<Holding>;

function permit(request: ApiRequest, ground: Ground, { text, until, rule, grant, task }: Basis): Permit {
  return {
    [decided]: true,
    kind: 'permit',
    request,
    target: targetFor(request, ground),
    rule: text,
    until,
    reveal: rule?.reveal === true,
    grant,
    task,
  };
}
