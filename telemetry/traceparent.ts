// The trace that a client says its call belongs to, as a link. Never a parent: a parent decides whether spans are
// sampled and where they hang, and an agent decides neither. Source: W3C Trace Context, "traceparent".
import type { Link } from '@opentelemetry/api';

const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** No link where the header is missing or malformed. */
export function linkTo(traceparent: string | undefined): Link[] {
  const [, traceId, spanId, flags] = FORM.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return [];
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } }];
}
