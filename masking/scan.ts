// JSON as bytes, read no further than to know where texts end, how deep a byte lies and how many values there are. Of what is
// no JSON it tells nothing that is of use: whoever asks reads what was found as JSON afterwards.

/** Reads the pieces of one JSON text, in order. */
export interface Scan {
  /** How many lists and objects are open behind the mark that was found last. */
  readonly depth: number;
  /** The index of the next of `[ ] { } , :` behind which at most `depth` are open; -1: the piece has no more. */
  next(piece: Uint8Array, from: number, depth: number): number;
  /** From within a text: the index of the quote that ends it, from which `next` goes on; -1: the piece ends before. */
  endOfText(piece: Uint8Array, from: number): number;
  /** How many values and keys began since it was asked last; an empty list or object counts as two. */
  takeValues(): number;
}

export const COMMA = 0x2c;
export const COLON = 0x3a;
export const LIST = 0x5b;
export const LIST_END = 0x5d;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;

const [TEXT, OPENS, CLOSES, PARTS] = [1, 2, 3, 4];
const MARKS = new Uint8Array(256);
for (const [marks, kind] of [
  ['"', TEXT],
  ['[{', OPENS],
  [']}', CLOSES],
  [',:', PARTS],
] as const)
  for (const mark of marks) MARKS[mark.charCodeAt(0)] = kind;

export function createScan(): Scan {
  let [depth, values] = [0, 0];
  let inText = false;
  // The byte before was a backslash that counts.
  let escapes = false;

  /** Behind the end of the text, or -1 where it goes on behind the piece. */
  function behindText(piece: Uint8Array, from: number): number {
    const at = behindQuote(piece, escapes ? from + 1 : from);
    inText = at < 0;
    escapes = at === CUT_AT_ESCAPE;
    return inText ? -1 : at;
  }

  return {
    get depth() {
      return depth;
    },
    next(piece, from, upTo) {
      let at = inText ? behindText(piece, from) : from;
      // Of this call's own: faster than what is kept between two.
      let [open, begun, found] = [depth, 0, -1];
      while (at !== -1 && at < piece.length) {
        const mark = MARKS[piece[at++] as number];
        if (mark === 0) continue;
        if (mark === TEXT) {
          at = behindText(piece, at);
          continue;
        }
        if (mark === OPENS) open++;
        if (mark === CLOSES) open--;
        else begun++;
        if (open > upTo) continue;
        found = at - 1;
        break;
      }
      depth = open;
      values += begun;
      return found;
    },
    endOfText(piece, from) {
      const behind = behindText(piece, from);
      inText = true;
      return behind === -1 ? -1 : behind - 1;
    },
    takeValues() {
      const taken = values;
      values = 0;
      return taken;
    },
  };
}

const CUT = -1;
const CUT_AT_ESCAPE = -2;
/** Most texts are shorter; beyond, to look for the quote alone is faster. */
const NEAR = 48;

/** Behind the quote that ends a text, or how the end of the piece cuts it. */
function behindQuote(piece: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const near = Math.min(at + NEAR, piece.length);
    while (at < near) {
      const byte = piece[at++];
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) at++;
    }
    if (at >= piece.length) return at > piece.length ? CUT_AT_ESCAPE : CUT;
    const quote = piece.indexOf(QUOTE, at);
    const isEscaped = endsInEscape(piece, at, quote === -1 ? piece.length : quote);
    if (quote === -1) return isEscaped ? CUT_AT_ESCAPE : CUT;
    if (!isEscaped) return quote + 1;
    at = quote + 1;
  }
}

/** Whether what follows `until` is escaped: an odd number of backslashes stands before it. */
function endsInEscape(piece: Uint8Array, from: number, until: number): boolean {
  let at = until;
  while (at > from && piece[at - 1] === BACKSLASH) at--;
  return (until - at) % 2 === 1;
}
