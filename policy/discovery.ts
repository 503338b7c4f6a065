// What needs no rule: looking at which kinds the API server has, asking who one is, and what one may do.
// Exactly these shapes; a path that RequestInfo takes for a resource is never among them.
import type { ApiRequest } from './api-request.ts';
import { reviewKind } from './review/kind.ts';

const DISCOVERY = /^\/(?:api(?:\/[^/]+)?|apis(?:\/[^/]+){0,2}|openapi(?:\/[^/]+)+|version)\/?$/;

/** The same as a list of rights has it: below `/api/` and `/apis/` whatever is longer is a resource. */
export const DISCOVERY_PATHS = ['/api', '/api/*', '/apis', '/apis/*', '/openapi/*', '/version'] as const;

export type BuiltIn = 'discovery' | 'whoami' | 'reviews';

/** The built-in set that covers a request; undefined: rules decide. Of a review about others the body decides (review/self.ts). */
export function builtIn(request: ApiRequest): BuiltIn | undefined {
  if (request.kind === 'nonResource') {
    const looks = request.verb === 'get' || request.verb === 'head';
    return looks && DISCOVERY.test(request.path) ? 'discovery' : undefined;
  }
  const asksWhoIAm =
    request.verb === 'create' &&
    request.apiGroup === 'authentication.k8s.io' &&
    request.resource === 'selfsubjectreviews' &&
    request.namespace === undefined &&
    request.name === undefined &&
    request.subresource === undefined;
  if (asksWhoIAm) return 'whoami';
  return reviewKind(request) === undefined ? undefined : 'reviews';
}
