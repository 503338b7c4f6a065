// What a JSON Pointer into a Secret reaches, and which of it an operation before has touched.
import type { Place } from '../sentinel.ts';
import type { Writing } from './writing.ts';

export interface Reach {
  /** Whether a hidden value is, or may come to be, at these keys, above or below them. */
  mayHide(keys: readonly string[]): boolean;
  /** The places at these keys or above them. */
  places(keys: readonly string[]): readonly Place[];
  /** Remembers that what is there is no longer what the live object has. */
  touch(keys: readonly string[]): void;
  /** Whether a value that may be hidden, there, above or below, was touched: to test it would compare the two. */
  isTouched(keys: readonly string[]): boolean;
}

/** How far down a place is: below it there is nothing that an operation could reach. */
const DATA = 2;
const ANNOTATION = 3;

export function createReach({ live, revealed }: Writing): Reach {
  const touched = new Set<string>();
  const above = new Set<string>();
  const mayHide = (keys: readonly string[]) => !revealed && isHidden(keys);

  function isHidden([first, second, name]: readonly string[]): boolean {
    if (first === undefined || first === 'data' || first === 'stringData') return true;
    if (first !== 'metadata') return false;
    if (second === undefined || second === 'managedFields') return true;
    if (second !== 'annotations') return false;
    return name === undefined || placesOf(name).length > 0;
  }

  const placesOf = (name: string) => live.annotations.get(name)?.places ?? [];
  return {
    mayHide,
    places([first, second, name]) {
      if (first === 'metadata' && second === 'annotations') return placesOf(name ?? '');
      const isValue = (first === 'data' || first === 'stringData') && second !== undefined;
      return isValue ? [{ part: 'data', key: second }] : [];
    },
    touch(keys) {
      const prefixes = prefixesOf(keys);
      touched.add(prefixes.at(-1) ?? '');
      for (const prefix of prefixes) above.add(prefix);
    },
    isTouched: (keys) => {
      const prefixes = prefixesOf(keys);
      return mayHide(keys) && (prefixes.some((it) => touched.has(it)) || above.has(prefixes.at(-1) ?? ''));
    },
  };
}

/** The keys from none to all of them, as far down as a place is. */
function prefixesOf(keys: readonly string[]): readonly string[] {
  const leaf = keys.slice(0, keys[0] === 'metadata' ? ANNOTATION : DATA);
  return Array.from({ length: leaf.length + 1 }, (_, length) => JSON.stringify(leaf.slice(0, length)));
}
