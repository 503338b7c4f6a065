// A JSON Patch (RFC 6902) as the API server takes it: known operations, not too many, and what they would set of the
// object's type and names. Whether they can be applied is the server's to find out.
import { quoted } from '../quoting.ts';
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
const TAKES = new Set<unknown>(['move', 'copy']);

/** The pointers to an object's type and names, and to what they stand in; its type Go finds by any case (against-url.ts). */
const NAMING = /^(?:\/(?:metadata(?:\/name(?:space)?)?|kind|apiVersion))?$/iu;

/**
 * Malformed: no list of known operations, more than the bound, a path that neither is empty nor begins with a slash (Go
 * leaves out whatever stands before the first), and a type or name that is moved or copied there from elsewhere, where only
 * the server knows what it is.
 */
export function readOperations(value: unknown): Operations | Malformed {
  if (!Array.isArray(value)) return malformed('is no list of operations');
  if (value.length > MAX_OPERATIONS)
    return malformed(`has ${value.length} operations, and a JSON Patch at most ${MAX_OPERATIONS}`);
  const parts: unknown[] = [];
  for (const [index, operation] of value.entries()) {
    if (!isJsonObject(operation) || !OPS.has(operation.op) || !isPointer(operation.path))
      return malformed(`has at [${index}] no operation with a known op and a path`);
    const { op, path } = operation;
    if (!NAMING.test(path)) continue;
    if (TAKES.has(op))
      return malformed(`has at [${index}] an operation that takes ${quoted(path)} from elsewhere`);
    if (SETS.has(op)) parts.push(partAt(path, operation.value));
  }
  return { kind: 'operations', parts };
}

/** RFC 6901. */
function isPointer(path: unknown): path is string {
  return typeof path === 'string' && (path === '' || path.startsWith('/'));
}

/** The part of an object that a value there is; no escape stands in these pointers. */
function partAt(path: string, value: unknown): unknown {
  return path
    .split('/')
    .slice(1)
    .reduceRight((inner, key) => ({ [key]: inner }), value);
}
