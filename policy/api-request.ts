// A request as the API server will understand it, or the refusal of one that it could understand differently.
// `target` is printed from the parsed form; nothing else of what came in is ever forwarded as a target.
import { printTarget } from './canonical.ts';
import type { Unread } from './describe.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { ApiRequest } from './request.ts';
import {
  isMethod,
  type Method,
  type NonResourceInfo,
  type ResourceInfo,
  requestInfo,
} from './request-info.ts';
import { printStreamOptions, readStreamOptions, type StreamOptions, streamKindOf } from './stream-options.ts';
import { MAX_TARGET_BYTES, type Malformed, type QueryPair, readTarget } from './target.ts';

export type { ApiRequest, NonResourceRequest, ResourceRequest } from './request.ts';

/**
 * Reads a method and a raw request target (as Node's `req.url` or h2's `:path` has it).
 * Refuses with `UnsupportedMethod` or `MalformedTarget`.
 */
export function readApiRequest(method: string, rawTarget: string): ApiRequest | Refusal {
  const unread: Unread = { kind: 'unread', method, target: rawTarget };
  const malformed = (why: string) => refuse('MalformedTarget', { request: unread, why });
  if (!isMethod(method)) return refuse('UnsupportedMethod', { request: unread });
  const read = readTarget(rawTarget);
  if (read.kind === 'malformed') return malformed(read.why);
  const { segments, slash } = read;
  const info = requestInfo(method, segments, read.query);
  if (info.kind === 'malformed') return malformed(info.why);
  const stream = streamOf(info, method, read.query);
  if (stream?.kind === 'malformed') return malformed(stream.why);
  const query = stream === undefined ? read.query : printStreamOptions(stream);
  // RequestInfo trims a resource's path.
  const ending = info.kind === 'nonResource' && slash;
  const target = printTarget(segments, query, ending);
  if (target.length > MAX_TARGET_BYTES)
    return malformed(`printed again it is longer than ${MAX_TARGET_BYTES} bytes`);
  if (info.kind === 'resource') return { ...info, method, target, query, ...(stream && { stream }) };
  return { ...info, method, target, query, path: `/${segments.join('/')}${ending ? '/' : ''}` };
}

/** GET is a stream over WebSocket, POST over SPDY; the API server serves no other method there, and nothing below `watch`. */
function streamOf(
  info: ResourceInfo | NonResourceInfo,
  method: Method,
  query: readonly QueryPair[],
): StreamOptions | Malformed | undefined {
  if (info.kind === 'nonResource' || (method !== 'GET' && method !== 'POST')) return undefined;
  const kind = streamKindOf(info.apiGroup, `${info.resource}/${info.subresource}`);
  if (kind === undefined || (info.verb !== 'get' && info.verb !== 'create')) return undefined;
  return readStreamOptions(kind, query);
}
