// A review of rights on its way: read to the last field, asked of the API server as the agent's own, and its answer changed to
// what the policy AND the API server say. The policy is asked when the answer comes: what ended meanwhile is no right any more.
import { asIs, isObject, masked, type Show, unreadable } from '../masking/shape.ts';
import type { Wall } from '../masking/wall.ts';
import { readApiRequest } from '../policy/api-request.ts';
import { decide, limit, type Permit } from '../policy/decide.ts';
import type { Entitlements } from '../policy/entitlements.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { ReviewKind } from '../policy/review/kind.ts';
import { offersWarning } from '../policy/review/offers.ts';
import { API_VERSION, type Review } from '../policy/review/read.ts';
import { rulesStatus } from '../policy/review/rules.ts';
import { asksAboutItself } from '../policy/review/self.ts';
import { accessStatus, verdictOf } from '../policy/review/verdict.ts';
import { readWrittenReview } from '../policy/review/written.ts';
import type { Carried } from './carried.ts';
import type { HeldEntitlements } from './held-entitlements.ts';
import { checkWriteBody } from './write-body.ts';

export interface ReviewParts {
  readonly held: HeldEntitlements;
  readonly now: () => number;
}

const SELF = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/**
 * Reads a review that its head lets through. One that names the agent itself as its subject is forwarded under the permit of a
 * SelfSubjectAccessReview; one that asks about others, or cannot be read, is refused.
 */
export function askReview(
  kind: ReviewKind,
  bytes: Buffer,
  contentType: string | undefined,
  permit: Permit,
  parts: ReviewParts,
): Carried | Refusal {
  const { request } = permit;
  const entitlements = parts.held.current();
  if (entitlements === undefined) return refuse('StaleLease', { request });
  const review = readWrittenReview(kind, bytes, contentType, request);
  if (review.kind === 'refusal') return review;
  const asked = { kind: 'carried', contentType: 'application/json', wall: wallOf(review, parts) } as const;
  if (review.kind === 'SelfSubjectRulesReview') {
    const { namespace } = review;
    const warning = offersWarning(namespace, entitlements, parts.now());
    return { ...asked, permit, bytes: print(kind, { namespace }), warning };
  }
  if (review.subject !== undefined && !asksAboutItself(review.subject, entitlements))
    return asksAboutOthers(bytes, contentType, permit, entitlements);
  const self = readApiRequest('POST', review.subject === undefined ? request.target : SELF);
  const decided = self.kind === 'refusal' ? self : decide(self, entitlements, parts.now());
  if (decided.kind === 'refusal') return decided;
  return { ...asked, permit: decided, bytes: print('SelfSubjectAccessReview', review.access) };
}

/** On the closed list; where that takes no effect, it goes on as it came. */
function asksAboutOthers(
  bytes: Buffer,
  contentType: string | undefined,
  permit: Permit,
  { held }: Entitlements,
): Carried | Refusal {
  const refusal = refuse('ClosedList', { request: permit.request, why: 'it tells what others may do' });
  if (held.kind !== 'policy') return refusal;
  const limited = limit(permit, refusal, held);
  if (limited.kind === 'refusal') return limited;
  const checked = checkWriteBody(bytes, contentType, limited);
  return checked.kind === 'refusal' ? checked : { kind: 'carried', permit: limited, bytes: checked.bytes };
}

const print = (kind: ReviewKind, spec: object): Buffer =>
  Buffer.from(JSON.stringify({ apiVersion: API_VERSION, kind, spec }));

/** An error of the API server passes as it is. */
function wallOf(review: Review, { held, now }: ReviewParts): Wall {
  const statusOf = (fromServer: unknown): object | undefined => {
    const entitlements = held.current();
    if (entitlements === undefined) return undefined;
    return review.kind === 'SelfSubjectRulesReview'
      ? rulesStatus(review.namespace, entitlements, now(), fromServer)
      : accessStatus(verdictOf(review.access, entitlements, now()), fromServer);
  };
  const body: Show = (value) => {
    if (!isObject(value)) return unreadable('is not an object');
    if (value.kind === 'Status') return asIs(value);
    const status = statusOf(value.status);
    if (status === undefined)
      return unreadable('status: is not that of a review, or no lease holds any more');
    return masked({ ...value, ...asAsked(review), status }, 0);
  };
  return { body, event: () => unreadable('is an event, and reviews are not watched') };
}

/** What names its subject was asked as another kind. */
function asAsked(review: Review): object {
  if (review.kind === 'SelfSubjectRulesReview' || review.subject === undefined) return {};
  const { kind, subject, access } = review;
  const namespace = kind === 'LocalSubjectAccessReview' ? access.resourceAttributes?.namespace : undefined;
  return { kind, metadata: { namespace }, spec: { ...access, ...subject } };
}
