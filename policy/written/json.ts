// The one reader of a body that is written: strict where two readers could part, bounded where an attacker chooses the
// size, and exact: what was read says the same when it is printed again by JSON.stringify.
import { quoted } from '../quoting.ts';
import { type Cursor, nextCharacter, QUOTE, readScalar, readString, WRONG } from './json-scalars.ts';

export type StrictJson = { readonly kind: 'json'; readonly value: unknown } | Malformed;

export interface Malformed {
  readonly kind: 'malformed';
  /** A clause that begins with "its body"; what it quotes is a key's path, clipped. */
  readonly why: string;
}

/** A CRD's schema has some dozen. Upstream's own bound is 10,000, beyond what JSON.stringify's stack can print. */
export const MAX_DEPTH = 1000;
/** Keys and values. What etcd takes (1.5 MiB) has fewer; in the heap each can be a hundred times as large as its bytes. */
export const MAX_VALUES = 250_000;

const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/** A list or an object whose end has not been read. */
type Open =
  | { readonly end: typeof LIST_END; readonly value: unknown[] }
  | { readonly end: typeof OBJECT_END; readonly value: Record<string, unknown>; key: string };

interface Reading extends Cursor {
  readonly open: Open[];
  count: number;
}

/** In the place of a value that is still to come. */
const MORE = Symbol('more');

/**
 * Reads one JSON text (RFC 8259) in one pass, without recursion.
 *
 * Malformed: what is not JSON or not UTF-8, a byte order mark, half of a surrogate pair (Go reads another character), a key
 * that stands twice in one object (Go takes the last, or merges the two), more depth or values than the bounds.
 * A number that JavaScript would print otherwise stays as it was written (`JSON.rawJSON`); `__proto__` is a key like any
 * other. Keys keep their order, but for those that look like an array's index: they come first. Go reads no order.
 */
export function readStrictJson(bytes: Uint8Array): StrictJson {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return malformed('is not UTF-8');
  }
  const reading: Reading = { text, at: 0, why: undefined, open: [], count: 0 };
  for (;;) {
    let value = begin(reading);
    if (value !== MORE && value !== WRONG) value = settle(reading, value);
    if (value === WRONG) return malformed(reading.why ?? notJson(reading));
    if (value !== MORE) return { kind: 'json', value };
  }
}

/** Not a list, and not a number that stayed as it was written. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export const malformed = (why: string): Malformed => ({ kind: 'malformed', why: `its body ${why}` });

/** A scalar or an empty list or object; of any other, its beginning as far as its first value. */
function begin(reading: Reading): unknown {
  const first = nextCharacter(reading);
  if (!counted(reading)) return WRONG;
  if (first !== LIST && first !== OBJECT) return readScalar(reading, first);
  if (reading.open.length === MAX_DEPTH) {
    reading.why = `is nested deeper than ${MAX_DEPTH}`;
    return WRONG;
  }
  const open: Open = first === LIST ? { end: LIST_END, value: [] } : { end: OBJECT_END, value: {}, key: '' };
  reading.at += 1;
  if (nextCharacter(reading) !== open.end) {
    reading.open.push(open);
    return beginEntry(reading, open);
  }
  reading.at += 1;
  return open.value;
}

/** Puts a value in its place, and then each list or object that ends with it. */
function settle(reading: Reading, settled: unknown): unknown {
  for (let value = settled; ; reading.open.pop()) {
    const next = nextCharacter(reading);
    const open = reading.open.at(-1);
    if (open === undefined) return Number.isNaN(next) ? value : WRONG;
    put(open, value);
    if (next !== COMMA && next !== open.end) return WRONG;
    reading.at += 1;
    if (next === COMMA) return beginEntry(reading, open);
    value = open.value;
  }
}

/** What stands before a value: in a list nothing, in an object a key that it does not have yet, and a colon. */
function beginEntry(reading: Reading, open: Open): typeof MORE | typeof WRONG {
  if (open.end === LIST_END) return MORE;
  if (nextCharacter(reading) !== QUOTE || !counted(reading)) return WRONG;
  const key = readString(reading);
  if (key === WRONG) return WRONG;
  open.key = key;
  if (Object.hasOwn(open.value, key)) {
    reading.why = `has the key ${quoted(path(reading.open))} twice`;
    return WRONG;
  }
  if (nextCharacter(reading) !== COLON) return WRONG;
  reading.at += 1;
  return MORE;
}

/** Counts a key or a value. */
function counted(reading: Reading): boolean {
  reading.count += 1;
  if (reading.count > MAX_VALUES) reading.why = `holds more than ${MAX_VALUES} keys and values`;
  return reading.count <= MAX_VALUES;
}

function put(open: Open, value: unknown): void {
  if (open.end === LIST_END) open.value.push(value);
  else if (open.key !== '__proto__') open.value[open.key] = value;
  // Assigned, it would become the prototype.
  else
    Object.defineProperty(open.value, open.key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
}

/** Where the value that is being read belongs: `metadata.ownerReferences[1].name`. */
function path(opened: readonly Open[]): string {
  const steps = opened.map((open) => (open.end === LIST_END ? `[${open.value.length}]` : `.${open.key}`));
  return steps.join('').replace(/^\./, '');
}

function notJson({ at, text }: Reading): string {
  return at < text.length ? `is not JSON at character ${at + 1}` : 'is not JSON: it ends too early';
}
