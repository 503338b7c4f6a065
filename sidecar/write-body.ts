// What a write carries, read before it is forwarded: no sentinel may be stored, whatever the encoding hides, and what
// goes on is printed from what was read.
import { lookIntoRelease, MAX_WRITTEN_BYTES } from '../masking/helm/put-back.ts';
import { isProtected } from '../masking/protected.ts';
import { holdsSentinel } from '../masking/sentinel.ts';
import type { ApiRequest } from '../policy/api-request.ts';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { printWritten } from '../policy/written/print.ts';
import { readWritten, type Written } from '../policy/written/written.ts';
import { MAX_BODY_BYTES } from './body.ts';
import { gzip } from './gzip.ts';
import { sentinelAt } from './sentinel-at.ts';

/** To be printed again once it has been looked at. */
export type JsonBody = Extract<Written, { kind: 'json' }>;

export interface CheckedBody {
  readonly kind: 'checked';
  readonly bytes: Buffer;
  /** Where it is printed in another form than it came. */
  readonly contentType?: string;
}

/**
 * Reads a request body. An empty one says nothing, whatever its type, and passes, as upstream; what is in protobuf and goes on so
 * is checked.
 *
 * Refusals: those of readWritten; SentinelInWrite in protobuf.
 */
export function readWriteBody(
  bytes: Buffer,
  contentType: string | undefined,
  request: ApiRequest,
): JsonBody | CheckedBody | Refusal {
  if (bytes.length === 0) return { kind: 'checked', bytes };
  const written = readWritten(bytes, contentType, request);
  if (written.kind !== 'protobuf') return written;
  // Strings stand in protobuf as they are, so the marker is found in the bytes.
  return holdsSentinel(bytes.toString('latin1'))
    ? refuse('SentinelInWrite', { request })
    : { kind: 'checked', bytes };
}

/**
 * Looks through what of a write's head may be stored, as the name of who wrote, say; also whatever else it asks for. Refusal:
 * SentinelInWrite.
 */
export function headRefused(request: ApiRequest, headers: ReadonlyMap<string, string>): Refusal | undefined {
  const said = [...request.query, ['User-Agent', headers.get('user-agent') ?? ''] as const];
  const field = said.find(([, value]) => holdsSentinel(value))?.[0];
  return field === undefined ? undefined : refuse('SentinelInWrite', { request, field });
}

/** Prints what was read, or what was put in its place. TooLarge: only as it is printed, where an escape is longer than its character. */
export function printBody(
  value: unknown,
  { yaml, contentType }: Pick<JsonBody, 'yaml' | 'contentType'>,
  request: ApiRequest,
): CheckedBody | Refusal {
  const printed = printWritten({ value, yaml }, MAX_BODY_BYTES);
  if (printed === undefined) return refuse('TooLarge', { request, limitBytes: MAX_BODY_BYTES });
  const bytes = Buffer.from(printed.buffer, 0, printed.length);
  return { kind: 'checked', bytes, ...(contentType !== undefined && { contentType }) };
}

/** Checks a body into which nothing is put back. Refusals: those of both, and of sentinelRefused. */
export function checkWriteBody(
  bytes: Buffer,
  contentType: string | undefined,
  { request }: Pick<Permit, 'request'>,
): CheckedBody | Refusal {
  const read = readWriteBody(bytes, contentType, request);
  return read.kind === 'json' ? checkJsonBody(read, request) : read;
}

export function checkJsonBody(read: JsonBody, request: ApiRequest): CheckedBody | Refusal {
  return sentinelRefused(read.value, request) ?? printBody(read.value, read, request);
}

/** Refusals of a body into which nothing is put back: SentinelInWrite, SentinelInRelease, TooLarge. */
export function sentinelRefused(value: unknown, request: ApiRequest): Refusal | undefined {
  const field = sentinelAt(value);
  if (field !== undefined) return refuse('SentinelInWrite', { request, field });
  const looked = isProtected(request) ? lookIntoRelease(value, gzip).kind : 'nothing';
  if (looked === 'tooLarge') return releaseTooLarge(request);
  return looked === 'sentinel' ? refuse('SentinelInRelease', { request }) : undefined;
}

/** Of a Helm release that is more than is looked through. */
export const releaseTooLarge = (request: ApiRequest): Refusal =>
  refuse('TooLarge', {
    request,
    limitBytes: MAX_WRITTEN_BYTES,
    part: 'the Helm release in it cannot be unpacked, or',
  });
