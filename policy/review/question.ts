// What a review asks, as the call that it asks about, so that decide can be asked the same. What no call can be is no question:
// `*`, every namespace at once for what is done in one, a part that no path can hold.
import type { ApiRequest, NonResourceRequest, ResourceRequest } from '../api-request.ts';
import { readApiRequest } from '../api-request.ts';
import { printTarget } from '../canonical.ts';
import { closureOf } from '../closed.ts';
import { selectedName } from '../field-selector.ts';
import { isClusterScoped, liesInNamespaces } from '../namespaced.ts';
import { word } from '../quoting.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Method } from '../request-info.ts';
import { readTarget } from '../target.ts';
import { reviewKind } from './kind.ts';
import type { AccessSpec, NonResourceAttributes, ResourceAttributes } from './read.ts';

const METHODS = new Map<string, Method>([
  ['create', 'POST'],
  ['update', 'PUT'],
  ['patch', 'PATCH'],
  ['delete', 'DELETE'],
  ['deletecollection', 'DELETE'],
]);

/** A resource, `pods/log` as two, and what is to be done with it where. */
export type Attributes = Pick<
  ResourceRequest,
  'verb' | 'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'name'
>;

/** The call that a review asks about, or why there is none. */
export function questionOf(access: AccessSpec): ApiRequest | Refusal {
  const { resourceAttributes, nonResourceAttributes = {} } = access;
  return resourceAttributes === undefined ? ofPath(nonResourceAttributes) : ofResource(resourceAttributes);
}

/**
 * A call with these attributes. What is known to lie in no namespace is asked for in none, whatever namespace a client put
 * there (kubectl: that of its context); RequestInfo gives a Namespace in the path that of its own name. A deletecollection names
 * no object.
 */
export function callOf(attributes: Attributes): ResourceRequest {
  const { verb, apiGroup, resource } = attributes;
  const name = verb === 'deletecollection' ? undefined : attributes.name;
  const call: ResourceRequest = {
    ...attributes,
    kind: 'resource',
    apiVersion: '',
    name,
    method: METHODS.get(verb) ?? 'GET',
    target: '',
    query: [],
  };
  if (!isClusterScoped(apiGroup, resource)) return call;
  const inPath = apiGroup === '' && resource === 'namespaces' && !lists(verb);
  return { ...call, namespace: inPath ? name : undefined };
}

function ofResource(asked: ResourceAttributes): ApiRequest | Refusal {
  const { verb = '', group = '', resource = '', fieldSelector } = asked;
  const call = callOf({
    verb,
    apiGroup: group,
    resource,
    subresource: asked.subresource || undefined,
    namespace: asked.namespace || undefined,
    name: asked.name || (lists(verb) ? selected(fieldSelector) : undefined),
  });
  const parts = [group, resource, call.subresource, asked.namespace, asked.name || call.name].filter(
    (part) => !!part,
  );
  const why = notOneCall(call, parts as string[]);
  if (why !== undefined) return refuse('NotOneCall', { request: call, why });
  // No rule is asked about a review (discovery.ts), and of those on the closed list only the agent's own are answered.
  const closure = reviewKind(call) && closureOf(group, resource, verb);
  return closure === undefined ? call : refuse('ClosedList', { request: call, why: closure.why });
}

function notOneCall(call: ResourceRequest, parts: readonly string[]): string | undefined {
  const { verb, apiGroup, resource, namespace } = call;
  if (verb === '*' || parts.includes('*')) return 'a star stands for everything';
  if (verb === '' || resource === '') return 'it names no verb or no resource';
  if (readTarget(printTarget(parts, [])).kind === 'malformed') return 'it has a part that no path can hold';
  if (namespace === undefined && liesInNamespaces(apiGroup, resource) && !lists(verb))
    return `it asks for every namespace at once, and ${word(verb)} is of one`;
  return undefined;
}

const lists = (verb: string) => verb === 'list' || verb === 'watch';

/** The name that RequestInfo would take from it. One that cannot be read is no limit, as for the API server. */
function selected(selector: ResourceAttributes['fieldSelector']): string | undefined {
  const { rawSelector, requirements = [] } = selector ?? {};
  const named = requirements
    .filter(
      ({ key, operator, values }) => key === 'metadata.name' && operator === 'In' && values?.length === 1,
    )
    .map(({ values }) => `metadata.name=${values?.join().replace(/[\\,=]/g, '\\$&')}`);
  const read = selectedName(rawSelector || named.join(','));
  return read.kind === 'selected' ? read.name : undefined;
}

function ofPath({ path = '', verb = '' }: NonResourceAttributes): ApiRequest | Refusal {
  const read = path.includes('?') || path.includes('%') ? undefined : readApiRequest('GET', path);
  const asked: NonResourceRequest = {
    kind: 'nonResource',
    verb,
    method: 'GET',
    path: read?.kind === 'nonResource' ? read.path : path,
    target: '',
    query: [],
  };
  const why =
    verb === '' || verb === '*' || path.includes('*')
      ? 'it names no verb, or a star, which stands for everything'
      : read?.kind !== 'nonResource' && 'it is no path, or that of a resource';
  return why ? refuse('NotOneCall', { request: asked, why }) : asked;
}
