// Every text of a parsed object, found with its place: the one walk for who shows an object and for who puts back into it.
import { isKeptNumber } from '../json.ts';
import { isObject } from '../shape.ts';
import { contextOf, isIdentity, type Step } from './path.ts';

/** One text of an object. */
export interface Found {
  readonly text: string;
  /** From the object's root; of use only while it is looked at. */
  readonly path: readonly Step[];
  /** What it is the value of, if that is known. */
  readonly context: string | undefined;
  /** It is the name of a field. */
  readonly isKey: boolean;
}

/**
 * The same value with each text as `change` says it, and itself where that changes nothing. Not asked about: what tells which
 * object it is.
 */
export function eachText(root: unknown, change: (found: Found) => string, at: readonly Step[] = []): unknown {
  return walk(root, [...at], [], change);
}

/** As deep as what is written may be (policy/written/json.ts): the walk has a stack of its own depth. */
const MAX_DEPTH = 1000;

export function isTooDeep(value: unknown, depth = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inner.some((one) => isTooDeep(one, depth - 1));
}

function walk(value: unknown, path: Step[], parents: unknown[], change: (found: Found) => string): unknown {
  if (typeof value === 'string')
    return change({ text: value, path, context: contextOf(path, parents), isKey: false });
  if (Array.isArray(value)) return walkList(value, path, parents, change);
  if (!isObject(value) || isKeptNumber(value)) return value;
  return walkFields(value, path, parents, change);
}

function walkList(
  list: readonly unknown[],
  path: Step[],
  parents: unknown[],
  change: (found: Found) => string,
) {
  let changed: unknown[] | undefined;
  parents.push(list);
  for (const [index, item] of list.entries()) {
    path.push({ list, index });
    const shown = walk(item, path, parents, change);
    path.pop();
    if (shown === item) continue;
    changed ??= [...list];
    changed[index] = shown;
  }
  parents.pop();
  return changed ?? list;
}

function walkFields(
  object: Readonly<Record<string, unknown>>,
  path: Step[],
  parents: unknown[],
  change: (found: Found) => string,
) {
  const entries: [string, unknown][] = [];
  let isSame = true;
  parents.push(object);
  for (const key of Object.keys(object)) {
    const value = object[key];
    path.push(key);
    const isLeft = isIdentity(path);
    const name = isLeft ? key : change({ text: key, path, context: undefined, isKey: true });
    const shown = isLeft ? value : walk(value, path, parents, change);
    path.pop();
    isSame &&= name === key && shown === value;
    entries.push([name, shown]);
  }
  parents.pop();
  // fromEntries defines properties: a key named __proto__ stays a key.
  return isSame ? object : Object.fromEntries(entries);
}
