// OpenAPI v3 serves each document under its hash, and a client that kept an older hash is sent to the present one: the one
// redirect that comes back, printed here from the call's own path, so that it leads nowhere but to our own door.
import type { ApiRequest } from '../policy/api-request.ts';

const DOCUMENT = /^\/openapi\/v3\//;
const HASH = /^[0-9A-F]{1,256}$/;

/**
 * Where a document has moved to, relative to the server; undefined: this answer is no such redirect
 * (kube-openapi pkg/handler3, HandleGroupVersion: 301 to the same path, with `?hash=` in upper-case hex).
 */
export function movedDocument(request: ApiRequest, status: number, location = ''): string | undefined {
  if (status !== 301 || request.kind !== 'nonResource' || !DOCUMENT.test(request.path)) return undefined;
  const [path, hash = '', ...more] = location.split('?hash=');
  return path === request.path && HASH.test(hash) && more.length === 0 ? `${path}?hash=${hash}` : undefined;
}
