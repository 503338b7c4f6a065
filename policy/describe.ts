// What was asked, in the words of a sentence: `get secrets "web-tls" in namespace shop`. Every refusal begins with it.
// Of a request that could not be read there is its method and its target, as they came, quoted.

import { quoted, word } from './quoting.ts';
import type { ApiRequest, ResourceRequest } from './request.ts';

/** A resource and what is to be done with it; an ApiRequest is one, and so is what an admission webhook is asked about. */
export type AskedResource = Pick<ResourceRequest, 'kind' | 'verb' | 'apiGroup' | 'resource'> &
  Partial<Pick<ResourceRequest, 'method' | 'subresource' | 'name' | 'namespace'>>;

/** A request before it is read, or one that cannot be. */
export interface Unread {
  readonly kind: 'unread';
  readonly method: string;
  readonly target: string;
}

/** Where nothing was asked through the API: `to attest this sidecar`. Our own words. */
export interface Other {
  readonly kind: 'other';
  readonly what: string;
}

/** An AdmissionReview's request, as far as it says what was asked. */
interface Reviewed {
  readonly operation: string;
  readonly resource: { readonly group: string; readonly resource: string };
  readonly subResource?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

export type Asked = ApiRequest | AskedResource | Unread | Other;

/** Long enough for what an honest client sends without its query. */
const MAX_TARGET = 512;

export function describe(asked: Asked): string {
  switch (asked.kind) {
    case 'resource':
      return describeResource(asked);
    case 'nonResource':
      return `${asked.verb} ${word(asked.path)}`;
    case 'unread':
      return `${word(asked.method)} ${quoted(asked.target, MAX_TARGET)}`;
    case 'other':
      return asked.what;
  }
}

/** `create pods "web" in namespace shop`, of what a webhook is asked; where it has no name yet, without. */
export function askedByReview({
  operation,
  resource,
  subResource,
  namespace,
  name,
}: Reviewed): AskedResource {
  return {
    kind: 'resource',
    verb: operation.toLowerCase(),
    apiGroup: resource.group,
    resource: resource.resource,
    subresource: subResource || undefined,
    namespace: namespace || undefined,
    name: name || undefined,
  };
}

function describeResource(asked: AskedResource): string {
  const { verb, apiGroup, resource, subresource, name, namespace } = asked;
  const kind = `${resource}${apiGroup && `.${apiGroup}`}${subresource === undefined ? '' : `/${subresource}`}`;
  const object = name === undefined ? '' : ` ${quoted(name)}`;
  return `${word(verb)} ${word(kind)}${object}${place(verb, namespace)}${creation(asked)}`;
}

/** creation.ts: who asked for an update or an apply is told why a create is spoken of. */
function creation({ verb, method = 'POST', subresource }: AskedResource): string {
  return verb === 'create' && method !== 'POST' && subresource === undefined
    ? ` (its ${method} creates what is not there)`
    : '';
}

function place(verb: string, namespace: string | undefined): string {
  if (namespace !== undefined) return ` in namespace ${word(namespace)}`;
  return verb === 'list' || verb === 'watch' ? ' across the cluster' : '';
}
