// A PUT and a server-side apply make the object where there is none: they ask for create as well, as upstream does
// (k8s.io/apiserver/pkg/endpoints/handlers/update.go and patch.go, withAuthorization).
import type { ApiRequest, ResourceRequest } from './api-request.ts';

/** The patches that only change what is there; any other content type is taken for an apply. */
const PATCH_TYPES = new Set([
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]);

/**
 * The create that a request also asks for, with the URL's name; undefined for one that cannot create.
 * A subresource is never made, only changed. `contentType` is the header as it came; absent, it could be an apply.
 */
export function creationOf(
  request: ApiRequest,
  contentType: string | undefined,
): ResourceRequest | undefined {
  if (request.kind === 'nonResource' || request.subresource !== undefined) return undefined;
  if (request.verb === 'update') return { ...request, verb: 'create' };
  if (request.verb !== 'patch') return undefined;
  const type = contentType?.split(';', 1)[0] ?? '';
  return PATCH_TYPES.has(type) ? undefined : { ...request, verb: 'create' };
}
