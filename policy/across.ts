// How chaperone's own namespace, which is closed, stays out of a list or watch across all namespaces, and one that may show a
// single object asks for no other: by terms of the fieldSelector, which the API server applies. Of a kind that nobody knows to
// lie in namespaces the answer is read instead (docs/decisions/0016).
import type { ApiRequest, ResourceRequest } from './api-request.ts';
import type { Basis } from './basis.ts';
import { printQuery } from './canonical.ts';
import { isClusterScoped, liesInNamespaces } from './namespaced.ts';
import type { Ground } from './own-ground.ts';

export interface Asking {
  /** To forward. */
  readonly target: string;
  /** The namespace whose objects are to be left out as the answer is read; undefined: none of them is in it. */
  readonly exceptNamespace: string | undefined;
}

/** How a request is asked for that is permitted on this basis. */
export function askingFor(
  request: ApiRequest,
  { systemNamespace }: Ground,
  { rule, filter }: Pick<Basis, 'rule' | 'filter'>,
): Asking {
  if (request.kind === 'nonResource' || (request.verb !== 'list' && request.verb !== 'watch'))
    return { target: request.target, exceptNamespace: undefined };
  const { apiGroup, resource, namespace, name } = request;
  const reachesAll = namespace === undefined && !isClusterScoped(apiGroup, resource);
  const isNamespaced = liesInNamespaces(apiGroup, resource) || rule?.allNamespaces === true;
  const asked = request.query.find(([parameter]) => parameter === 'fieldSelector')?.[1] ?? '';
  const terms = asked === '' ? [] : [asked];
  // A term of kinds that lie in namespaces alone (apiextensions-apiserver pkg/apiserver/conversion/converter.go).
  if (reachesAll && isNamespaced) {
    terms.push(`metadata.namespace!=${systemNamespace}`);
    // The path of a legacy watch names it, and then a selector has to (apiserver pkg/endpoints/handlers/get.go).
    if (name !== undefined && asked === '') terms.push(`metadata.name=${name}`);
  }
  if (filter?.length === 1) terms.push(`metadata.name=${filter[0]}`);
  return {
    target: withSelector(request, terms, asked),
    exceptNamespace: reachesAll && !isNamespaced ? systemNamespace : undefined,
  };
}

function withSelector({ target, query }: ResourceRequest, terms: readonly string[], asked: string): string {
  const selector = terms.join(',');
  if (selector === asked) return target;
  const others = query.filter(([parameter]) => parameter !== 'fieldSelector');
  return (target.split('?', 1)[0] ?? '') + printQuery([...others, ['fieldSelector', selector]]);
}
