// What a request is, once it has been read: the API server's own terms for it (RequestInfo), and the target to forward.
import type { Method, NonResourceInfo, ResourceInfo } from './request-info.ts';
import type { StreamOptions } from './stream-options.ts';
import type { QueryPair } from './target.ts';

interface Asked {
  readonly method: Method;
  /** The canonical print: what is forwarded. */
  readonly target: string;
  /** Decoded, in the order they came. */
  readonly query: readonly QueryPair[];
}

/** Comparable field by field with an audit event's `verb` and `objectRef`. */
export interface ResourceRequest extends Asked, ResourceInfo {
  /** Of exec, attach and port-forward, as GET and as POST: what is asked of the pod. */
  readonly stream?: StreamOptions;
}

export interface NonResourceRequest extends Asked, NonResourceInfo {
  /** Decoded; with a slash at its end it is another path, as it is to RBAC. */
  readonly path: string;
}

export type ApiRequest = ResourceRequest | NonResourceRequest;
