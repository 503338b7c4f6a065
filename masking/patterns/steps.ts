// The way of a JSON Pointer (RFC 6901) into an object as it stands.
import { isObject } from '../shape.ts';
import type { Step } from './path.ts';

/** Deeper than any built-in kind. */
const MAX_KEYS = 64;

/** None for the whole. Undefined: no pointer, of which Go would leave out what stands before the first slash, or a longer one. */
export function keysOfPointer(pointer: unknown): readonly string[] | undefined {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) return undefined;
  const keys = pointer.split('/', MAX_KEYS + 2).slice(1);
  if (keys.length > MAX_KEYS) return undefined;
  return keys.map((key) => key.replace(/~[01]/g, (it) => (it === '~1' ? '/' : '~')));
}

/**
 * To where `value` would stand. In a list it is added before an item (1), or takes the place of one (0). Undefined: an index
 * that Go reads in its own way (`-1`, `01`, `+1`).
 */
export function stepsTo(
  root: unknown,
  keys: readonly string[],
  { value, added }: { readonly value: unknown; readonly added: 0 | 1 },
): readonly Step[] | undefined {
  const steps: Step[] = [];
  let at = root;
  for (const [depth, key] of keys.entries()) {
    if (!Array.isArray(at)) {
      steps.push(key);
      at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
      continue;
    }
    const isLast = depth === keys.length - 1;
    const isBehind = key === '-' && isLast && added === 1;
    if (!isBehind && !/^(?:0|[1-9][0-9]{0,8})$/.test(key)) return undefined;
    const index = isBehind ? at.length : Math.min(Number(key), at.length);
    steps.push({ list: isLast ? at.toSpliced(index, 1 - added, value) : at, index });
    at = at[index];
  }
  return steps;
}
