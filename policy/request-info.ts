// The request in Kubernetes' own terms: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go (1.36), step by step.
// The segments are already free of everything that the two could split differently (target.ts).
import { readListOptions } from './list-options.ts';
import { type Malformed, malformed, type QueryPair } from './target.ts';

/** What the API server understands; RequestInfo gives any other method the empty verb. */
const VERB_OF_METHOD = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
} as const;

export type Method = keyof typeof VERB_OF_METHOD;

export const isMethod = (method: string): method is Method => Object.hasOwn(VERB_OF_METHOD, method);

/** Optional parts are `undefined`, never the empty string; the core group is `''`. */
export interface ResourceInfo {
  readonly kind: 'resource';
  readonly verb: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly namespace: string | undefined;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly name: string | undefined;
}

export interface NonResourceInfo {
  readonly kind: 'nonResource';
  /** The method in lower case. */
  readonly verb: string;
}

const PATH_VERBS = new Set(['proxy', 'watch']);
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

export function requestInfo(
  method: Method,
  segments: readonly string[],
  query: readonly QueryPair[],
): ResourceInfo | NonResourceInfo | Malformed {
  const prefix = segments[0];
  const [group, parts] = prefix === 'apis' ? [segments[1] ?? '', segments.slice(2)] : ['', segments.slice(1)];
  const [apiVersion, first] = parts;
  if ((prefix !== 'api' && prefix !== 'apis') || apiVersion === undefined || first === undefined)
    return { kind: 'nonResource', verb: method.toLowerCase() };

  const verbByPath = PATH_VERBS.has(first);
  if (verbByPath && parts.length < 3) return malformed(`its path ends after ${first}`);
  if (first === 'watch' && method !== 'GET') return malformed('a path under watch takes only GET');
  const verb = verbByPath ? first : VERB_OF_METHOD[method];
  const { namespace, rest } = namespaced(parts.slice(verbByPath ? 2 : 1));
  const [resource = '', name, third] = rest;
  const subresource = verb === 'proxy' ? undefined : third;
  const info = {
    kind: 'resource',
    verb,
    apiGroup: group,
    apiVersion,
    namespace,
    resource,
    subresource,
    name,
  } as const;
  return name === undefined ? unnamed(info, query) : info;
}

/** `namespaces/{ns}/{resource}…` is that resource in ns; `namespaces`, `namespaces/{ns}` and its own subresources are namespaces. */
function namespaced(parts: readonly string[]): { namespace: string | undefined; rest: readonly string[] } {
  const [first, namespace, next] = parts;
  if (first !== 'namespaces') return { namespace: undefined, rest: parts };
  const within = next !== undefined && !NAMESPACE_SUBRESOURCES.has(next);
  return { namespace, rest: within ? parts.slice(2) : parts };
}

/** A get without a name is a list or a watch, maybe of one object; a delete without a name is a deletecollection. */
function unnamed(info: ResourceInfo, query: readonly QueryPair[]): ResourceInfo | Malformed {
  if (info.verb === 'delete') return { ...info, verb: 'deletecollection' };
  if (info.verb !== 'get') return info;
  const options = readListOptions(query);
  if (options.kind === 'malformed') return options;
  return { ...info, verb: options.watch ? 'watch' : 'list', name: options.name };
}
