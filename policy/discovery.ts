// What needs no rule: looking at which kinds the API server has, and asking who one is.
// Exactly these shapes; a path that RequestInfo takes for a resource is never among them.
import type { ApiRequest } from './api-request.ts';

const DISCOVERY = /^\/(?:api(?:\/[^/]+)?|apis(?:\/[^/]+){0,2}|openapi(?:\/[^/]+)+|version)$/;

/** The name of the built-in set that covers a request: `discovery`, `whoami`; undefined: rules decide. */
export function builtIn(request: ApiRequest): string | undefined {
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
  return asksWhoIAm ? 'whoami' : undefined;
}
