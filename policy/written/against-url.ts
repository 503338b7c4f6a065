// What a body says of its object against what the URL says: decided is on the URL, so the body must not name another. The
// rules are the API server's own: checkName (k8s.io/apiserver/pkg/endpoints/handlers/rest.go),
// EnsureObjectNamespaceMatchesRequestNamespace (pkg/registry/rest/meta.go), AcceptsGroupVersion.
import type { ResourceRequest } from '../api-request.ts';
import { quoted } from '../quoting.ts';
import { isJsonObject, type Malformed, malformed } from './json.ts';

export interface Mismatch {
  readonly kind: 'mismatch';
  /** `metadata.name` */
  readonly field: string;
  readonly inBody: string;
  readonly inPath: string;
}

/** Go finds an object's type by any case of these keys, and takes the last (encoding/json, which folds K and ſ too). */
const LIKE_TYPE = /^(?:kind|apiVersion)$/iu;

/**
 * Undefined: the body's object, or the part of one, is the URL's as far as it says. The options of a DELETE have no names.
 *
 * Equal must be the name where the URL has one, the namespace where it has one (elsewhere the server removes it), and the
 * group of apiVersion, but for subresources, which carry other kinds. What is left out, null or empty is the server's to
 * fill in, to make up (generateName) or to miss.
 */
export function againstUrl(object: unknown, request: ResourceRequest): Malformed | Mismatch | undefined {
  if (!isJsonObject(object)) return malformed('is no JSON object');
  const { apiVersion, metadata } = object;
  const alike = Object.keys(object).find(
    (key) => LIKE_TYPE.test(key) && key !== 'kind' && key !== 'apiVersion',
  );
  if (alike !== undefined)
    return malformed(`has the key ${quoted(alike)}, which the API server takes for its type`);
  if (request.method === 'DELETE') return undefined;
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata))
    return malformed('has metadata that are no JSON object');

  const { apiGroup, resource, subresource } = request;
  const inUrl = `${apiGroup}${apiGroup && '/'}${request.apiVersion}`;
  const ofUrl = (text: string) => subresource !== undefined || groupOf(text) === apiGroup;
  // A namespace is in none, though its path reads as if it were.
  const namespace = apiGroup === '' && resource === 'namespaces' ? undefined : request.namespace;
  return (
    compare('apiVersion', apiVersion, inUrl, ofUrl) ??
    compare('metadata.name', metadata?.name, request.name) ??
    compare('metadata.namespace', metadata?.namespace, namespace)
  );
}

function compare(
  field: string,
  inBody: unknown,
  inPath: string | undefined,
  fits = (text: string): boolean => inPath === undefined || text === inPath,
): Malformed | Mismatch | undefined {
  if (inBody === undefined || inBody === null || inBody === '') return undefined;
  if (typeof inBody !== 'string') return malformed(`has a ${field} that is no text`);
  return fits(inBody) ? undefined : { kind: 'mismatch', field, inBody, inPath: inPath ?? '' };
}

function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(apiVersion.lastIndexOf('/'), 0));
}
