// Looks for many texts in one, in time linear in it however many they are and whatever they say: by a rolling hash of as many
// characters as the shortest has, and within a bound for what is then compared.

export interface Needles {
  /** Calls `found` with each that stands in the text, until it says that this is enough. False: the bound was reached. */
  search(text: string, found: (needle: string) => boolean): boolean;
}

/** Characters of a hash; shorter texts are not found. */
export const MIN_NEEDLE = 6;

/** Characters that are compared in all: of a release that was not made to be slow, a fraction. */
const MAX_COMPARED = 50_000_000;

const BASE = 0x01000193;
/** Of the character that leaves the window. */
const BASE_OUT = Array.from({ length: MIN_NEEDLE }).reduce<number>((it) => Math.imul(it, BASE), 1);
const FILTER_BITS = 16;

export function createNeedles(texts: Iterable<string>): Needles {
  const byHash = new Map<number, string[]>();
  const mayBe = new Uint8Array(1 << FILTER_BITS);
  for (const text of new Set(texts)) {
    if (text.length < MIN_NEEDLE) continue;
    let hash = 0;
    for (let at = 0; at < MIN_NEEDLE; at += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(at)) | 0;
    const same = byHash.get(hash);
    if (same === undefined) byHash.set(hash, [text]);
    else same.push(text);
    mayBe[hash >>> FILTER_BITS] = 1;
  }
  let left = MAX_COMPARED;

  function compare(text: string, from: number, hash: number, found: Parameters<Needles['search']>[1]) {
    for (const needle of byHash.get(hash) ?? []) {
      left -= needle.length;
      if (left < 0) return 'tooMuch';
      if (text.startsWith(needle, from) && found(needle)) return 'enough';
    }
    return 'on';
  }

  return {
    search(text, found) {
      let hash = 0;
      for (let at = 0; at < text.length && byHash.size > 0; at += 1) {
        const out = at < MIN_NEEDLE ? 0 : Math.imul(BASE_OUT, text.charCodeAt(at - MIN_NEEDLE));
        hash = (Math.imul(hash, BASE) + text.charCodeAt(at) - out) | 0;
        if (at < MIN_NEEDLE - 1 || mayBe[hash >>> FILTER_BITS] === 0) continue;
        const outcome = compare(text, at - MIN_NEEDLE + 1, hash, found);
        if (outcome !== 'on') return outcome === 'enough';
      }
      return true;
    },
  };
}
