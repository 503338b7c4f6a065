// A request as the API server will understand it, or the refusal of one that it could understand differently.
// `target` is printed from the parsed form; nothing else of what came in is ever forwarded as a target.
import { printTarget } from './canonical.ts';
import type { Unread } from './describe.ts';
import { type Refusal, refuse } from './refusal.ts';
import {
  isMethod,
  type Method,
  type NonResourceInfo,
  type ResourceInfo,
  requestInfo,
} from './request-info.ts';
import { MAX_TARGET_BYTES, type QueryPair, readTarget } from './target.ts';

interface Asked {
  readonly method: Method;
  /** The canonical print: what is forwarded. */
  readonly target: string;
  /** Decoded, in the order they came. */
  readonly query: readonly QueryPair[];
}

/** Comparable field by field with an audit event's `verb` and `objectRef`. */
export interface ResourceRequest extends Asked, ResourceInfo {}

export interface NonResourceRequest extends Asked, NonResourceInfo {
  /** Decoded, without a trailing slash; `/` for the root. */
  readonly path: string;
}

export type ApiRequest = ResourceRequest | NonResourceRequest;

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
  const { segments, query } = read;
  const info = requestInfo(method, segments, query);
  if (info.kind === 'malformed') return malformed(info.why);
  const target = printTarget(segments, query);
  if (target.length > MAX_TARGET_BYTES)
    return malformed(`printed again it is longer than ${MAX_TARGET_BYTES} bytes`);
  if (info.kind === 'resource') return { ...info, method, target, query };
  return { ...info, method, target, query, path: `/${segments.join('/')}` };
}
