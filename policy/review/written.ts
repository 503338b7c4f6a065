// The body of a review, off the wire: JSON or protobuf, bounded, and understood to the last field.
import type { ApiRequest } from '../api-request.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { readStrictJson } from '../written/json.ts';
import { formOf } from '../written/media-type.ts';
import type { ReviewKind } from './kind.ts';
import { readProtobufReview } from './protobuf.ts';
import { type Review, readReview } from './read.ts';

/** A hundred times the longest that kubectl or client-go ask; a selector may be as long as a URL. */
export const MAX_REVIEW_BYTES = 64 * 1024;

/**
 * Reads what a call of this kind carries; `contentType` is the header as it came.
 *
 * Refusals: TooLarge; UnsupportedMediaType for CBOR, and YAML that is not JSON; MalformedBody.
 */
export function readWrittenReview(
  kind: ReviewKind,
  bytes: Uint8Array,
  contentType: string | undefined,
  request: ApiRequest,
): Review | Refusal {
  if (bytes.length > MAX_REVIEW_BYTES) return refuse('TooLarge', { request, limitBytes: MAX_REVIEW_BYTES });
  const form = formOf(request.method, contentType);
  if (form === undefined) return refuse('UnsupportedMediaType', { request, type: contentType ?? '' });
  const body = form.kind === 'protobuf' ? readProtobufReview(kind, bytes) : readStrictJson(bytes);
  if (body.kind === 'malformed') return refuse('MalformedBody', { request, why: body.why });
  const namespace = request.kind === 'resource' ? request.namespace : undefined;
  const review = readReview(kind, body.value, namespace);
  return review.kind === 'unread' ? refuse('MalformedBody', { request, why: review.why }) : review;
}
