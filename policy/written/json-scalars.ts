// What JSON is made of below its lists and objects: strings, numbers, words and the space between. A cursor goes over the
// text once and stays where it could not go on.

export interface Cursor {
  readonly text: string;
  at: number;
  /** Why it could not go on, where that is more than "no JSON here": goes on after "its body". */
  why: string | undefined;
}

/** In the place of what could not be read. */
export const WRONG = Symbol('wrong');

export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

const WORDS: ReadonlyMap<number, readonly [string, boolean | null]> = new Map([
  [0x66, ['false', false]],
  [0x6e, ['null', null]],
  [0x74, ['true', true]],
]);
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** The code of the next character that is no space, which stays to be read; NaN at the end. */
export function nextCharacter(cursor: Cursor): number {
  for (; ; cursor.at += 1) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code !== SPACE && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
  }
}

/** A string, number or word that begins with the character of `first`. */
export function readScalar(cursor: Cursor, first: number): unknown {
  if (first === QUOTE) return readString(cursor);
  const word = WORDS.get(first);
  if (word === undefined) return readNumber(cursor);
  const [text, value] = word;
  if (!cursor.text.startsWith(text, cursor.at)) return WRONG;
  cursor.at += text.length;
  return value;
}

/** The string that begins at the cursor's quote. */
export function readString(cursor: Cursor): string | typeof WRONG {
  let escaped = false;
  for (let at = cursor.at + 1; ; at += 1) {
    const code = cursor.text.charCodeAt(at);
    if (code === QUOTE) {
      const value = escaped
        ? unescaped(cursor, cursor.text.slice(cursor.at, at + 1))
        : cursor.text.slice(cursor.at + 1, at);
      if (value !== WRONG) cursor.at = at + 1;
      return value;
    }
    if (code === BACKSLASH) {
      escaped = true;
      at += 1;
    } else if (!(code >= SPACE)) return WRONG; // a control character, or the end of the text
  }
}

/** The characters of a literal with escapes. V8 knows them, and what it cannot read is wrong; it takes half a pair for one. */
function unescaped(cursor: Cursor, literal: string): string | typeof WRONG {
  let value: string;
  try {
    value = JSON.parse(literal);
  } catch {
    return WRONG;
  }
  if (value.isWellFormed()) return value;
  cursor.why = 'holds half of a surrogate pair, which is no character';
  return WRONG;
}

/** A number, or its text where JavaScript would print another (int64, 1.0); no reader has room for one beyond a double. */
function readNumber(cursor: Cursor): unknown {
  NUMBER.lastIndex = cursor.at;
  const source = NUMBER.exec(cursor.text)?.[0];
  if (source === undefined) return WRONG;
  if (!Number.isFinite(Number(source))) return WRONG;
  cursor.at = NUMBER.lastIndex;
  return exactNumber(source);
}

/** Of a JSON number's text. */
export function exactNumber(source: string): unknown {
  const value = Number(source);
  return String(value) === source ? value : (JSON as unknown as RawJson).rawJSON(source);
}

/** Not yet in TypeScript's library: https://tc39.es/proposal-json-parse-with-source/, in Node 21 and newer. */
interface RawJson {
  rawJSON(source: string): unknown;
}
