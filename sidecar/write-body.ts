// What a write carries, read before it is forwarded: no sentinel may be stored, whatever the encoding hides, and what
// goes on is printed from what was read.
import { isProtected } from '../masking/protected.ts';
import { holdsSentinel } from '../masking/sentinel.ts';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { printWritten } from '../policy/written/print.ts';
import { readWritten } from '../policy/written/written.ts';
import { MAX_BODY_BYTES } from './body.ts';

export interface CheckedBody {
  readonly kind: 'checked';
  readonly bytes: Buffer;
}

/**
 * Checks a request body. An empty one says nothing, whatever its type, and passes, as upstream.
 *
 * Refusals: those of readWritten; SentinelInWrite; TooLarge where it is only as it is printed, in which an escape is longer
 * than its character; UnsupportedMediaType for a protected object in protobuf, in which a hidden value could not be put back.
 */
export function checkWriteBody(
  bytes: Buffer,
  contentType: string | undefined,
  { request, unmasked }: Pick<Permit, 'request' | 'unmasked'>,
): CheckedBody | Refusal {
  if (bytes.length === 0) return { kind: 'checked', bytes };
  const written = readWritten(bytes, contentType, request);
  if (written.kind === 'refusal') return written;
  if (written.kind === 'protobuf') {
    if (isProtected(request) && !unmasked)
      return refuse('UnsupportedMediaType', { request, type: contentType ?? '' });
    // Strings stand in protobuf as they are, so the marker is found in the bytes.
    if (holdsSentinel(bytes.toString('latin1'))) return refuse('SentinelInWrite', { request });
    return { kind: 'checked', bytes };
  }
  if (sentinelIn(written.value)) return refuse('SentinelInWrite', { request });
  const printed = printWritten(written, MAX_BODY_BYTES);
  if (printed === undefined) return refuse('TooLarge', { request, limitBytes: MAX_BODY_BYTES });
  return { kind: 'checked', bytes: Buffer.from(printed.buffer, 0, printed.length) };
}

/** In any key or text, at any depth; the reader has bounded it. */
function sentinelIn(value: unknown): boolean {
  if (typeof value === 'string') return holdsSentinel(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, part]) => holdsSentinel(key) || sentinelIn(part));
}
