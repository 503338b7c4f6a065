// Why no rule covers a request now: what covered it and has ended, or the scope that could, and last that nothing does.
import type { ApiRequest } from './api-request.ts';
import type { Closure } from './closed.ts';
import type { Holding, Offer, Policy } from './entitlements.ts';
import { near } from './near.ts';
import { type Objection, objection } from './objection.ts';
import type { Ground } from './own-ground.ts';
import { find } from './rule-index.ts';
import { whyNotInside } from './why-not-inside.ts';

export interface Uncovered {
  readonly request: ApiRequest;
  /** Of its holdings none that counts is live. */
  readonly held: Policy;
  readonly ground: Ground;
  readonly nowMs: number;
  /** Which rules cover it, and count for it at all. */
  readonly counts: (entry: { readonly rule: Holding['rule'] }) => boolean;
  readonly closure: Closure | undefined;
}

/** What counts most first. */
export function whyNot(uncovered: Uncovered): Objection[] {
  const { request, held, nowMs, closure } = uncovered;
  const { policy } = held;
  const first = endedOrOffered(uncovered);
  const advice = () => (first === undefined ? near(request, held, nowMs) : '');
  const last =
    closure === undefined
      ? objection('NoRule', () => ({ request, policy, near: advice() }))
      : (whyNotInside(request, held, nowMs) ??
        objection('ClosedUnlessNamed', { request, policy, why: closure.why, by: namedBy(request) }));
  return first === undefined ? [last] : [first, last];
}

/** First what one person can give, so that no refusal sends to the owners of a policy what an approver could settle. */
function endedOrOffered(uncovered: Uncovered): Objection | undefined {
  const { request, held, counts } = uncovered;
  const { policy } = held;
  const offer = find(held.offers, request, (each) => isGrantable(each) && counts(each));
  if (offer !== undefined) return grantOf(uncovered, offer);
  const standing = find(held.holdings, request, (each) => each.source === 'standing' && counts(each));
  if (standing !== undefined) return objection('StandingEnded', { request, rule: standing.text, policy });
  const quorum = find(held.offers, request, counts);
  return (
    quorum?.approval &&
    objection('QuorumNotYet', { request, policy, scope: quorum.scope, ...quorum.approval })
  );
}

/** The Grant to ask for: again the one that has ended, where its scope can still give it, else one of `offer`. */
function grantOf(uncovered: Uncovered, offer: Offer): Objection {
  const { request, held, counts } = uncovered;
  const again = new Map<string, Offer | undefined>([[offer.scope, offer]]);
  const offerOf = (scope: string): Offer | undefined => {
    if (!again.has(scope))
      again.set(
        scope,
        find(held.offers, request, (each) => each.scope === scope && isGrantable(each) && counts(each)),
      );
    return again.get(scope);
  };
  const lapsed = find(
    held.holdings,
    request,
    (each) => each.scope !== undefined && offerOf(each.scope) !== undefined && counts(each),
  );
  const same = offerOf(lapsed?.scope ?? '');
  if (lapsed !== undefined && same !== undefined)
    return objection('GrantEnded', { request, rule: lapsed.text, ...termsOf(uncovered, same) });
  const ended = find(held.holdings, request, counts)?.text;
  return objection('GrantAvailable', { request, ended, ...termsOf(uncovered, offer) });
}

const isGrantable = ({ approval }: Offer) => approval === undefined || approval.required === 1;

const namedBy = ({ kind }: ApiRequest) =>
  kind === 'nonResource' ? 'this path in nonResourceURLs' : 'this one object in resourceNames';

/** Everything that whoever gives the Grant has to know. */
function termsOf({ held, ground }: Uncovered, { scope, maxDuration, approval }: Offer) {
  const pod = { namespace: ground.namespace, name: ground.pod, uid: ground.podUid };
  return { policy: held.policy, scope, maxDuration, approvers: approval?.groups ?? [], pod };
}
