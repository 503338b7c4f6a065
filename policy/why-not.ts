// Why no rule covers a request now: what covered it and has ended, or the scope that could, and last that nothing does.
import type { ApiRequest } from './api-request.ts';
import type { Closure } from './closed.ts';
import { type Holding, named, type Offer, type Policy } from './entitlements.ts';
import { near } from './near.ts';
import type { Ground } from './own-ground.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface Uncovered {
  readonly request: ApiRequest;
  readonly held: Policy;
  readonly ground: Ground;
  readonly nowMs: number;
  /** Which rules count for it at all. */
  readonly counts: (entry: { readonly rule: Holding['rule'] }) => boolean;
  /** Those that covered it, the strongest first. */
  readonly ended: readonly Holding[];
  readonly closure: Closure | undefined;
}

/** What counts most first. */
export function whyNot(uncovered: Uncovered): Refusal[] {
  const { request, held, nowMs, closure } = uncovered;
  const { policy } = held;
  const first = endedOrOffered(uncovered);
  const last =
    closure === undefined
      ? refuse('NoRule', { request, policy, near: first === undefined ? near(request, held, nowMs) : '' })
      : refuse('ClosedUnlessNamed', { request, policy, why: closure.why });
  return first === undefined ? [last] : [first, last];
}

function endedOrOffered(uncovered: Uncovered): Refusal | undefined {
  const { request, held, ended, counts } = uncovered;
  const offers = named(held.offers, request).filter(counts);
  const [strongest] = ended;
  if (strongest === undefined) return offers[0] && offered(uncovered, offers[0]);
  const { text: rule, scope } = strongest;
  if (scope === undefined) return refuse('StandingEnded', { request, rule, policy: held.policy });
  const again = offers.find((offer) => offer.scope === scope);
  return again && refuse('GrantEnded', { request, rule, ...termsOf(uncovered, again) });
}

function offered(uncovered: Uncovered, offer: Offer): Refusal {
  const { request, held } = uncovered;
  const { scope, approval } = offer;
  return approval === undefined || approval.required === 1
    ? refuse('GrantAvailable', { request, ...termsOf(uncovered, offer) })
    : refuse('QuorumNotYet', { request, policy: held.policy, scope, ...approval });
}

/** Everything that whoever gives the Grant has to know. */
function termsOf({ held, ground }: Uncovered, { scope, maxDuration, approval }: Offer) {
  const pod = { namespace: ground.namespace, name: ground.pod, uid: ground.podUid };
  return { policy: held.policy, scope, maxDuration, approvers: approval?.groups ?? [], pod };
}
