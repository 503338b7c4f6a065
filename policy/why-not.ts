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
      : refuse('ClosedUnlessNamed', { request, policy, why: closure.why, by: namedBy(request) });
  return first === undefined ? [last] : [first, last];
}

/** First what one person can give, so that no refusal sends to the owners of a policy what an approver could settle. */
function endedOrOffered(uncovered: Uncovered): Refusal | undefined {
  const { request, held, ended, counts } = uncovered;
  const { policy } = held;
  const offers = named(held.offers, request).filter(counts);
  const grantable = offers.filter(({ approval }) => approval === undefined || approval.required === 1);
  for (const { text: rule, scope } of ended) {
    const again = grantable.find((offer) => offer.scope === scope);
    if (again !== undefined) return refuse('GrantEnded', { request, rule, ...termsOf(uncovered, again) });
  }
  const [offer] = grantable;
  if (offer !== undefined)
    return refuse('GrantAvailable', { request, ended: ended[0]?.text, ...termsOf(uncovered, offer) });
  const standing = ended.find(({ source }) => source === 'standing');
  if (standing !== undefined) return refuse('StandingEnded', { request, rule: standing.text, policy });
  const [quorum] = offers;
  return (
    quorum?.approval && refuse('QuorumNotYet', { request, policy, scope: quorum.scope, ...quorum.approval })
  );
}

const namedBy = ({ kind }: ApiRequest) =>
  kind === 'nonResource' ? 'this path in nonResourceURLs' : 'this one object in resourceNames';

/** Everything that whoever gives the Grant has to know. */
function termsOf({ held, ground }: Uncovered, { scope, maxDuration, approval }: Offer) {
  const pod = { namespace: ground.namespace, name: ground.pod, uid: ground.podUid };
  return { policy: held.policy, scope, maxDuration, approvers: approval?.groups ?? [], pod };
}
