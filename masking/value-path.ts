// Where in a list the values of Secrets lie: the texts directly below `data` of `items[*]` and `rows[*].object`. Told the marks of
// one JSON text (scan.ts), it says which text may be skipped; by keys that are spelled otherwise it is led nowhere.
import { BACKSLASH, COLON, QUOTE } from './scan.ts';
import type { ListField } from './wall.ts';

export interface ValuePath {
  /** It is to be told all marks behind which at most so many are open. */
  readonly depth: number;
  /** Whether the text behind this mark is a value that may be skipped, if one is there. */
  leadsToValue(piece: Uint8Array, at: number, depth: number): boolean;
  /** Where that value begins, behind its quote; -1: it is no text, or the piece ends before. */
  valueIn(piece: Uint8Array, from: number): number;
  /** The piece ended before: it is to be looked for at the start of the next. */
  readonly awaits: boolean;
  /** Told when a piece has no more marks. */
  endPiece(piece: Uint8Array): void;
}

/** How many are open within an element of the list. */
const ELEMENT = 3;
const inQuotes = (key: string) => new TextEncoder().encode(`"${key}"`);
const DATA = inQuotes('data');
const PATHS: Readonly<Record<ListField, readonly Uint8Array[]>> = {
  items: [DATA],
  rows: [inQuotes('object'), DATA],
};
/** Of a release of Helm more is shown than that there is one. */
const RELEASE = inQuotes('release');

/** Told from the mark that opens the list. */
export function createValuePath(field: ListField): ValuePath {
  const path = PATHS[field];
  const before = new Uint8Array(LOOK_BACK);
  // How many of the path are open, and whether what opens next is the next of them.
  let [open, leads, awaits] = [0, false, false];

  return {
    get depth() {
      return ELEMENT + open + (leads ? 1 : 0);
    },
    get awaits() {
      return awaits;
    },
    leadsToValue(piece, at, depth) {
      if (leads && depth === ELEMENT + open + 1) open++;
      else if (depth < ELEMENT + open) open = Math.max(0, depth - ELEMENT);
      leads = false;
      if (piece[at] !== COLON || depth !== ELEMENT + open) return false;
      const next = path[open];
      if (next === undefined) return mayBeSkipped(before, piece, at);
      leads = isKey(next, before, piece, at);
      return false;
    },
    valueIn(piece, from) {
      let at = from;
      while (at < piece.length && (piece[at] as number) <= 0x20) at++;
      awaits = at === piece.length;
      return piece[at] === QUOTE ? at + 1 : -1;
    },
    endPiece(piece) {
      before.copyWithin(0, piece.length);
      const last = piece.subarray(-LOOK_BACK);
      before.set(last, LOOK_BACK - last.length);
    },
  };
}

/** More than a key that is looked for, its quotes, and what stands before: a longer one without escapes is none of them. */
const LOOK_BACK = 16;

/** `before`: the bytes before the piece. */
function byteAt(before: Uint8Array, piece: Uint8Array, at: number): number | undefined {
  return at < 0 ? before[LOOK_BACK + at] : piece[at];
}

/** Whether the text that ends before this colon is the key, quotes included. */
function isKey(key: Uint8Array, before: Uint8Array, piece: Uint8Array, colon: number): boolean {
  const start = colon - key.length;
  for (let n = key.length - 1; n >= 0; n--) if (byteAt(before, piece, start + n) !== key[n]) return false;
  return byteAt(before, piece, start - 1) !== BACKSLASH;
}

/** Whether the key before this colon is certain not to be the one of a release. */
function mayBeSkipped(before: Uint8Array, piece: Uint8Array, colon: number): boolean {
  if (byteAt(before, piece, colon - 1) !== QUOTE) return false;
  for (let at = colon - 2; at >= colon - LOOK_BACK; at--) {
    const byte = byteAt(before, piece, at);
    if (byte === BACKSLASH) return false;
    if (byte === QUOTE) return !isKey(RELEASE, before, piece, colon);
  }
  return true;
}
