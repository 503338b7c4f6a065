// A request as the API server will understand it, or the refusal of one that it could understand differently.
// `target` is printed from the parsed form; nothing else of what came in is ever forwarded as a target.
import { printTarget } from './canonical.ts';
import type { Unread } from './describe.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { ApiRequest } from './request.ts';
import { isMethod, requestInfo } from './request-info.ts';
import { MAX_TARGET_BYTES, readTarget } from './target.ts';

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
  const { segments, slash, query } = read;
  const info = requestInfo(method, segments, query);
  if (info.kind === 'malformed') return malformed(info.why);
  // RequestInfo trims a resource's path.
  const ending = info.kind === 'nonResource' && slash;
  const target = printTarget(segments, query, ending);
  if (target.length > MAX_TARGET_BYTES)
    return malformed(`printed again it is longer than ${MAX_TARGET_BYTES} bytes`);
  if (info.kind === 'resource') return { ...info, method, target, query };
  return { ...info, method, target, query, path: `/${segments.join('/')}${ending ? '/' : ''}` };
}
