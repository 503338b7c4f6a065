// The decision: what is judged (judge.ts), under the mode of the policy (mode.ts).
// A Permit comes from here and from nowhere else, and forward() takes nothing but a Permit.

import { askingFor } from './across.ts';
import type { ApiRequest } from './api-request.ts';
import type { Basis } from './basis.ts';
import { creationOf } from './creation.ts';
import { builtIn } from './discovery.ts';
import type { Entitlements, Policy } from './entitlements.ts';
import { judge } from './judge.ts';
import type { MaskingRules } from './kinds/masking.ts';
import { type Mode, OPEN, takesEffect, textOf } from './mode.ts';
import { type Refusal, refuse } from './refusal.ts';
import { liftedStream } from './stream-basis.ts';
import type { PermittedStream } from './stream-rule.ts';

const decided: unique symbol = Symbol('decided');

export interface Permit {
  readonly [decided]: true;
  readonly kind: 'permit';
  readonly request: ApiRequest;
  /** The canonical target to forward: the request's own, but for what a selector leaves out (across.ts). */
  readonly target: string;
  /**
   * What decided: `AgentPolicy agents/triage standing.rules[0]`, `Grant agents/triage-7f2`, `discovery`, `whoami`, `reviews`;
   * or what lets it through against the policy's word: `AgentPolicy agents/triage mode Observe`.
   */
  readonly rule: string;
  /**
   * Monotonic ms at which the rule ends, and with it every stream under this Permit; ask again then. The lease is not in
   * it (a lease is renewed while streams are open); only the built-in sets and the modes, which have no end of their own, end
   * with it.
   */
  readonly until: number;
  /** A rule says that real values of this Secret may be shown. */
  readonly reveal: boolean;
  /** The names of the objects that a list or watch may show; undefined: all. */
  readonly filter: readonly string[] | undefined;
  /** The namespace whose objects a list or watch must not show, where no selector leaves them out (across.ts). */
  readonly exceptNamespace: string | undefined;
  /** What the policy hides beside the values of Secrets. */
  readonly masking: MaskingRules | undefined;
  /** Of exec, attach and port-forward, and of nothing else. */
  readonly stream?: PermittedStream;
  /** Bodies go to the agent as they come, whatever they hold: in OPEN. */
  readonly unmasked: boolean;
  /** `namespace/name` */
  readonly grant: string | undefined;
  readonly task: string | undefined;
  /** What Enforce would have answered instead; undefined where it permits as well. */
  readonly instead: Refusal | undefined;
}

/**
 * Decides a request. `nowMs` is on the clock of the entitlements' arrival. `contentType` is that of the body: a PUT, and
 * a PATCH that is not told to be otherwise, also needs a rule with create (creation.ts).
 *
 * In every mode the answer is Enforce's, or a Permit that carries it: where all that speaks against the request is lifted.
 */
export function decide(
  request: ApiRequest,
  entitlements: Entitlements,
  nowMs: number,
  contentType?: string,
): Permit | Refusal {
  const { held, leaseUntil } = entitlements;
  // Written so that a deadline that is no number has passed.
  if (!(nowMs < leaseUntil)) return refuse('StaleLease', { request });
  if (held.kind !== 'policy') return ungoverned(request, entitlements, held);
  const { policy, mode } = held;
  const verdict = judge(request, entitlements, held, nowMs);
  const creation = creationOf(request, contentType);
  const create = creation && judge(creation, entitlements, held, nowMs);
  const until = Math.min(verdict.basis.until, create?.basis.until ?? Number.POSITIVE_INFINITY);
  const objections = [...verdict.objections, ...(create?.objections ?? [])];
  const [first] = objections;
  if (first === undefined) return permit(request, entitlements, mode, { ...verdict.basis, until });
  const instead = first.refusal();
  if (objections.some(({ code }) => takesEffect(code, mode))) return instead;
  const lifted = { text: textOf(mode, policy), until: Math.min(until, leaseUntil) };
  const stream = liftedStream(request, held.holdings, nowMs);
  return permit(request, entitlements, mode, { ...lifted, ...(stream && { stream }) }, instead);
}

/** What a budget says against a permitted call, under the mode of its policy: the refusal, or the permit that carries it. */
export function limit(
  permit: Permit,
  refusal: Refusal,
  { mode, policy }: Pick<Policy, 'mode' | 'policy'>,
): Permit | Refusal {
  if (takesEffect(refusal.code, mode)) return refusal;
  return { ...permit, rule: textOf(mode, policy), instead: permit.instead ?? refusal };
}

/** No policy holds, and so no mode: nothing but discovery, without which kubectl would hide why (docs/decisions/0005). */
function ungoverned(
  request: ApiRequest,
  entitlements: Entitlements,
  held: Exclude<Entitlements['held'], Policy>,
): Permit | Refusal {
  const set = builtIn(request);
  if (set === 'discovery')
    return permit(request, entitlements, 'Enforce', { text: set, until: entitlements.leaseUntil });
  if (held.kind === 'conflict') return refuse('PolicyConflict', { request, policies: held.policies });
  return refuse('NoPolicy', { request, serviceAccount: held.serviceAccount });
}

function permit(
  request: ApiRequest,
  { ground, held }: Entitlements,
  mode: Mode,
  basis: Basis,
  instead?: Refusal,
): Permit {
  const { text, until, rule, filter, stream, grant, task } = basis;
  const asIs = { target: request.target, exceptNamespace: undefined };
  return {
    [decided]: true,
    kind: 'permit',
    request,
    ...(mode === OPEN ? asIs : askingFor(request, ground, basis)),
    rule: text,
    until,
    reveal: rule?.reveal === true,
    filter: mode === OPEN ? undefined : filter,
    masking: mode === OPEN || held.kind !== 'policy' ? undefined : held.masking,
    ...(stream && { stream }),
    unmasked: mode === OPEN,
    grant,
    task,
    instead,
  };
}
