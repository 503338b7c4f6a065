// In which form a body is to be read, by its method and content type: exactly the types by which the API server reads it so.
import type { Method } from '../request-info.ts';

export interface Form {
  /** An object, whole or in part, or options; a JSON Patch; the envelope of an object in protobuf. */
  readonly kind: 'object' | 'operations' | 'protobuf';
  /** JSON that the API server reads as YAML. */
  readonly yaml: boolean;
}

const OBJECTS: ReadonlyMap<string, Form> = new Map([
  ['application/json', { kind: 'object', yaml: false }],
  ['application/yaml', { kind: 'object', yaml: true }],
  ['application/vnd.kubernetes.protobuf', { kind: 'protobuf', yaml: false }],
]);
const PATCHES: ReadonlyMap<string, Form> = new Map([
  ['application/json-patch+json', { kind: 'operations', yaml: false }],
  ['application/merge-patch+json', { kind: 'object', yaml: false }],
  ['application/strategic-merge-patch+json', { kind: 'object', yaml: false }],
  ['application/apply-patch+yaml', { kind: 'object', yaml: true }],
]);

/**
 * Undefined: a type that the server refuses too, or CBOR, which is not read here.
 *
 * The type of an object is compared without regard to case and outer space, its parameters are the server's to judge, and
 * none is JSON (NegotiateInputSerializer and mime.ParseMediaType). The type of a patch is compared as it stands before its
 * first `;` (k8s.io/apiserver/pkg/endpoints/handlers/patch.go, PatchResource).
 */
export function formOf(method: Method, contentType: string | undefined): Form | undefined {
  const type = (contentType || 'application/json').split(';', 1)[0] ?? '';
  return method === 'PATCH' ? PATCHES.get(type) : OBJECTS.get(type.trim().toLowerCase());
}
