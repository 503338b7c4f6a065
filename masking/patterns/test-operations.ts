// For the tests of this folder: what the API server makes of an object by a JSON Patch (RFC 6902), objects and lists alike.
import { isEqual } from './is-equal.ts';
import { keysOfPointer } from './pointer.ts';
import type { Json } from './test-objects.ts';

/** Undefined: an operation fails, and with it the write. */
export function operated(live: unknown, operations: readonly Json[]): Json {
  const root = { '': structuredClone(live) };
  try {
    for (const operation of operations) operate(root, operation);
  } catch {
    return undefined;
  }
  return root[''];
}

function operate(root: Json, { op, path, from, value }: Json): void {
  const taken = op === 'copy' || op === 'move' ? placeAt(root, from).get() : value;
  if (op === 'move') placeAt(root, from).remove();
  const place = placeAt(root, path);
  if (op === 'test' && !isEqual(place.get(), value)) throw new Error('test failed');
  if (op === 'remove') place.remove();
  if (op === 'replace') place.set(value);
  if (op === 'add' || op === 'copy' || op === 'move') place.add(structuredClone(taken));
}

function placeAt(root: Json, pointer: string) {
  const keys = ['', ...(keysOfPointer(pointer) ?? [])];
  const key = keys.pop() ?? '';
  const parent = keys.reduce(getAt, root);
  const isList = Array.isArray(parent);
  const index = key === '-' && isList ? parent.length : Number(key);
  return {
    get: () => getAt(parent, key),
    set(value: Json) {
      getAt(parent, key);
      parent[key] = structuredClone(value);
    },
    add(value: Json) {
      if (isList ? !(index <= parent.length) : typeof parent !== 'object') throw new Error('no such place');
      if (isList) parent.splice(index, 0, value);
      else parent[key] = value;
    },
    remove() {
      getAt(parent, key);
      if (isList) parent.splice(index, 1);
      else delete parent[key];
    },
  };
}

function getAt(parent: Json, key: string): Json {
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, key))
    throw new Error('no such path');
  return parent[key];
}
