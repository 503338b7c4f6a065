// The words in which a protobuf message is written down, and read as the JSON that Kubernetes prints for it. Whatever no
// table names, stands twice or has another wire type is a fault: nothing is skipped, merged or guessed.

import { isJsonObject, MAX_VALUES, type Malformed, malformed, readStrictJson } from './json.ts';
import { exactNumber } from './json-scalars.ts';
import { type Field, readFields } from './protobuf.ts';

/** A field that we do not know: of a newer Kubernetes. */
export interface UnknownField {
  readonly kind: 'unknownField';
}

export interface Message {
  readonly kind: 'decoded';
  readonly value: object;
}

export type Decoded = Message | Malformed | UnknownField;

/** What one decoding knows on its way through the messages. */
interface Decoding {
  /** Fields and values that may still come. */
  left: number;
  /** The first fault; nothing is read after it. */
  fault: Malformed | UnknownField | undefined;
}

/** Reads one field at `path` (`metadata.name`). Undefined: it says nothing, or it is a fault. */
export type Shape<T = unknown> = (field: Field, decoding: Decoding, path: string) => T | undefined;

/** How often a field may stand, and what it becomes. */
type Row = (field: Field, decoding: Decoding, path: string, out: Map<string, unknown>) => void;

/** Reads one message, and what it holds, by a shape. Bounded as JSON is (MAX_VALUES). */
export function decodeMessage(shape: Shape<object>, bytes: Uint8Array): Decoded {
  const decoding: Decoding = { left: MAX_VALUES, fault: undefined };
  const value = shape({ number: 1, wireType: 2, value: bytes }, decoding, '');
  return decoding.fault ?? { kind: 'decoded', value: value ?? {} };
}

/** A message of these fields by their numbers. */
export function messageOf(rows: ReadonlyMap<number, Row>): Shape<Readonly<Record<string, unknown>>> {
  return (field, decoding, path) => {
    const out = new Map<string, unknown>();
    const fields = typeof field.value === 'bigint' ? undefined : readFields(field.value);
    if (fields === undefined) return unread(decoding, path);
    for (const inner of fields) {
      const row = rows.get(inner.number);
      decoding.left -= 1;
      if (row === undefined) decoding.fault ??= { kind: 'unknownField' };
      else if (decoding.left < 0) decoding.fault ??= malformed(`has more than ${MAX_VALUES} keys and values`);
      else row(inner, decoding, path, out);
      if (decoding.fault !== undefined) return undefined;
    }
    return Object.fromEntries([...out].filter(([, value]) => value !== undefined));
  };
}

/** A field that stands once at most. */
export const one =
  (name: string, shape: Shape): Row =>
  (field, decoding, path, out) => {
    if (out.has(name)) decoding.fault ??= malformed(`has ${below(path, name)} twice`);
    else out.set(name, shape(field, decoding, below(path, name)));
  };

/** One item of a list. */
export const each =
  (name: string, shape: Shape): Row =>
  (field, decoding, path, out) => {
    const list = (out.get(name) ?? []) as unknown[];
    list.push(shape(field, decoding, below(path, name)));
    out.set(name, list);
  };

/** One entry of a map, by its key; what it leaves out is empty. */
export function mapOf(name: string, shape: Shape): Row {
  const entry = messageOf(
    new Map([
      [1, one('key', text)],
      [2, one('value', shape)],
    ]),
  );
  return (field, decoding, path, out) => {
    const { key = '', value = '' } = entry(field, decoding, below(path, name)) ?? {};
    const map = (out.get(name) ?? {}) as Record<string, unknown>;
    if (typeof key !== 'string') return;
    if (Object.hasOwn(map, key)) decoding.fault ??= malformed(`has a key of ${below(path, name)} twice`);
    // A key named __proto__ stays a key.
    else Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
    out.set(name, map);
  };
}

/** Go writes these also where they are empty, which in JSON is not said. */
export const unlessEmpty =
  (shape: Shape): Shape =>
  (field, decoding, path) =>
    shape(field, decoding, path) || undefined;

export const text: Shape<string> = ({ value }, decoding, path) => {
  if (typeof value === 'bigint') return unread(decoding, path);
  try {
    return UTF8.decode(value);
  } catch {
    return unread(decoding, path);
  }
};

/** In JSON base64. By slices of whole groups of three: an argument list has its bounds. */
export const bytes: Shape<string> = ({ value }, decoding, path) => {
  if (typeof value === 'bigint') return unread(decoding, path);
  let base64 = '';
  for (let at = 0; at < value.length; at += SLICE_BYTES)
    base64 += btoa(String.fromCharCode(...value.subarray(at, at + SLICE_BYTES)));
  return base64;
};

export const flag: Shape = ({ wireType, value }, decoding, path) =>
  wireType === 0 && (value === 0n || value === 1n) ? value === 1n : unread(decoding, path);

export const int64: Shape = ({ wireType, value }, decoding, path) =>
  wireType === 0 && typeof value === 'bigint'
    ? exactNumber(`${BigInt.asIntN(64, value)}`)
    : unread(decoding, path);

/** JSON as bytes, an object. */
export const jsonBytes: Shape = ({ value }, decoding, path) => {
  if (typeof value === 'bigint') return unread(decoding, path);
  if (value.length === 0) return undefined;
  // A value is two bytes at least, with what parts it from the next.
  decoding.left -= Math.ceil(value.length / 2);
  const read = decoding.left < 0 ? undefined : readStrictJson(value);
  return read?.kind === 'json' && isJsonObject(read.value) ? read.value : unread(decoding, path);
};

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const SLICE_BYTES = 3 * 8192;

const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** Makes it a fault. */
export function unread(decoding: Decoding, path: string): undefined {
  decoding.fault ??= malformed(`is in protobuf that cannot be read: ${path || 'the object'}`);
}
