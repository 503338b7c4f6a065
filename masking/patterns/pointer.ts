// Where the JSON Pointer (RFC 6901) of an operation leads among what is hidden of an object.
import type { Hidden, Named } from './hidden.ts';

/** Deeper than any built-in kind. */
const MAX_KEYS = 64;

/** None for the whole. Undefined: no pointer, of which Go would leave out what stands before the first slash, or a longer one. */
export function keysOfPointer(pointer: unknown): readonly string[] | undefined {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) return undefined;
  const keys = pointer.split('/', MAX_KEYS + 2).slice(1);
  if (keys.length > MAX_KEYS) return undefined;
  return keys.map((key) => key.replace(/~[01]/g, (it) => (it === '~1' ? '/' : '~')));
}

export type Spot =
  | {
      readonly kind: 'spot';
      /** What is hidden there; undefined: nothing. */
      readonly hidden: Hidden | undefined;
      /** The list whose item is there, or would be. */
      readonly list: Named | undefined;
      /** That item's name; undefined: it would be added at the end. */
      readonly name: string | undefined;
      readonly at: readonly (string | number)[];
    }
  /** The name of an item that stands where it stood: it is never hidden, and the item is known by it. */
  | { readonly kind: 'name'; readonly at: readonly string[] }
  /** On the way there it cannot be told what is which. */
  | { readonly kind: 'closed' };

/** `isMoved`: what stands in it stands elsewhere by then. */
export function spotAt(
  root: Hidden | undefined,
  keys: readonly string[],
  isMoved: (hidden: Hidden) => boolean,
): Spot {
  const at: (string | number)[] = [];
  let hidden = root;
  let list: Named | undefined;
  let name: string | undefined;
  let wasMoved = false;
  for (const [depth, key] of keys.entries()) {
    // Of an item in which nothing is hidden too: under another's name it would stand for that one.
    if (list !== undefined && key === 'name')
      return depth === keys.length - 1 ? { kind: 'name', at: keys } : { kind: 'closed' };
    if (hidden === undefined) return { kind: 'spot', hidden, list: undefined, name: undefined, at: keys };
    wasMoved ||= isMoved(hidden);
    const within: Named | undefined = hidden.kind === 'named' ? hidden : undefined;
    if (hidden.kind === 'fields') {
      at.push(key);
      hidden = hidden.fields.get(key);
    } else if (within !== undefined && !wasMoved) {
      const isEnd = key === '-' && depth === keys.length - 1;
      if (!isEnd && !/^(?:0|[1-9][0-9]{0,8})$/.test(key)) return { kind: 'closed' };
      name = isEnd ? undefined : within.names[Number(key)];
      at.push(isEnd ? within.names.length : Number(key));
      hidden = name === undefined ? undefined : within.items.get(name);
    } else return { kind: 'closed' };
    list = within;
  }
  return { kind: 'spot', hidden, list, name, at };
}
