// A request in the words of a sentence: `get secrets "web-tls" in namespace shop`. Used by every refusal.
import type { ApiRequest } from './api-request.ts';

/** Kubernetes names end at 253; a longer one was never an object's. */
const MAX_SHOWN = 253;

const clip = (text: string) => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

/** Verb, resource with its group, name and place; or verb and path. Nothing unprintable can occur in it (target.ts). */
export function describe(request: ApiRequest): string {
  if (request.kind === 'nonResource') return `${request.verb} ${clip(request.path)}`;
  const { verb, apiGroup, resource, subresource, name, namespace } = request;
  const kind = `${resource}${apiGroup && `.${apiGroup}`}${subresource === undefined ? '' : `/${subresource}`}`;
  const object = name === undefined ? '' : ` ${JSON.stringify(clip(name))}`;
  return `${verb} ${clip(kind)}${object}${place(verb, namespace)}`;
}

function place(verb: string, namespace: string | undefined): string {
  if (namespace !== undefined) return ` in namespace ${clip(namespace)}`;
  return verb === 'list' || verb === 'watch' ? ' across the cluster' : '';
}
