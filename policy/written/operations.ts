// A JSON Patch (RFC 6902) as the API server takes it: known operations, not too many, and what they would set of the
// object's type and names. Whether they can be applied is the server's to find out.
import { isJsonObject, type Malformed, malformed } from './json.ts';

export interface Operations {
  readonly kind: 'operations';
  /** Parts of an object, each as one operation would set it. */
  readonly parts: readonly unknown[];
}

/** k8s.io/apiserver/pkg/endpoints/handlers/patch.go, maxJSONPatchOperations. */
export const MAX_OPERATIONS = 10_000;

const OPS = new Set<unknown>(['add', 'remove', 'replace', 'move', 'copy', 'test']);
const SETS = new Set<unknown>(['add', 'replace']);

/** The pointers to an object's type and names: the part of the object that a value there is. */
const PARTS: ReadonlyMap<unknown, (value: unknown) => unknown> = new Map([
  ['', (value) => value],
  ['/apiVersion', (value) => ({ apiVersion: value })],
  ['/metadata', (value) => ({ metadata: value })],
  ['/metadata/name', (value) => ({ metadata: { name: value } })],
  ['/metadata/namespace', (value) => ({ metadata: { namespace: value } })],
]);

export function readOperations(value: unknown): Operations | Malformed {
  if (!Array.isArray(value)) return malformed('is no list of operations');
  if (value.length > MAX_OPERATIONS)
    return malformed(`has ${value.length} operations, and a JSON Patch at most ${MAX_OPERATIONS}`);
  const parts: unknown[] = [];
  for (const [index, operation] of value.entries()) {
    if (!isJsonObject(operation) || !OPS.has(operation.op) || typeof operation.path !== 'string')
      return malformed(`has at [${index}] no operation with a known op and a path`);
    const part = PARTS.get(operation.path);
    if (part !== undefined && SETS.has(operation.op)) parts.push(part(operation.value));
  }
  return { kind: 'operations', parts };
}
