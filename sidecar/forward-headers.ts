// The two allow-lists: what an agent may say to the API server, and what the API server may say to an agent.
// A header that stands on neither list does not cross.

import type { Presented } from './credential.ts';
import type { Head } from './head.ts';

/** From the agent. Host, framing, Authorization, Accept, Accept-Encoding and Audit-ID are ours. */
const TO_SERVER = ['content-type', 'user-agent', 'if-none-match', 'kubectl-command', 'kubectl-session'];

/** From the API server. `Location` is not among them: nothing leads away (moved-document.ts prints its own). */
const TO_AGENT = new Set([
  'allow',
  'audit-id',
  'cache-control',
  'content-encoding',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'retry-after',
  'vary',
  'warning',
  'x-content-type-options',
  'x-kubernetes-pf-flowschema-uid',
  'x-kubernetes-pf-prioritylevel-uid',
]);

/** What is ours to say about one upstream request. */
export interface Ours {
  readonly host: string;
  readonly accept: string | undefined;
  /** False where the answer is read on the way (wall.ts): it must come as it is. */
  readonly compressed: boolean;
  readonly auditId: string;
  readonly presented: Presented;
  readonly bodyBytes: number | undefined;
  /** Of a body that is printed in another form than it came; else as the agent said. */
  readonly contentType?: string | undefined;
}

/** The headers of the upstream request. */
export function headersToServer(head: Head, ours: Ours): Record<string, string> {
  const out: Record<string, string> = { host: ours.host };
  for (const name of TO_SERVER) {
    const value = head.headers.get(name);
    if (value !== undefined) out[name] = value;
  }
  if (ours.accept !== undefined) out.accept = ours.accept;
  out['accept-encoding'] = ours.compressed && asksForGzip(head) ? 'gzip' : 'identity';
  out['audit-id'] = ours.auditId;
  if (ours.presented.bearer !== undefined) out.authorization = `Bearer ${ours.presented.bearer}`;
  if (ours.contentType !== undefined) out['content-type'] = ours.contentType;
  if (ours.bodyBytes !== undefined) out['content-length'] = String(ours.bodyBytes);
  return out;
}

/**
 * The headers of the answer, in the API server's order; repeated ones (`Warning`) stay repeated. `mayWarn`: whether one
 * `Warning` is shown; undefined: any is.
 */
export function headersToAgent(
  rawHeaders: readonly string[],
  mayWarn?: (header: string) => boolean,
): [name: string, values: string[]][] {
  const out = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = String(rawHeaders[i]).toLowerCase();
    if (!TO_AGENT.has(name)) continue;
    const value = String(rawHeaders[i + 1]);
    if (name === 'warning' && mayWarn?.(value) === false) continue;
    const values = out.get(name) ?? [];
    values.push(value);
    out.set(name, values);
  }
  return [...out];
}

function asksForGzip(head: Head): boolean {
  return /(^|,)\s*gzip\s*($|,|;(?!\s*q=0(\.0*)?\s*($|,)))/i.test(head.headers.get('accept-encoding') ?? '');
}
