// JSON Pointers (RFC 6901) as the API server reads them: gopkg.in/evanphx/json-patch.v4, findObject and decodePatchKey.
import { isJsonObject } from '../../policy/written/json.ts';

/** Deeper than any place of a Secret: what lies further down is below a value, and there is nothing. */
const MAX_KEYS = 5;

/**
 * The keys on the way, the first ones of many; none for the whole. Undefined: no pointer, of which Go would leave out what
 * stands before the first slash.
 */
export function readPointer(pointer: unknown): readonly string[] | undefined {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) return undefined;
  const keys = pointer.split('/', MAX_KEYS + 1).slice(1);
  return keys.map((key) => key.replace(/~[01]/g, (it) => (it === '~1' ? '/' : '~')));
}

/** A part of an object in which `value` stands at these keys. */
export function partAt(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value);
}

/** What stands there in a part that `partAt` made; undefined: nothing. */
export function valueAt(keys: readonly string[], part: unknown): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (isJsonObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    part,
  );
}
