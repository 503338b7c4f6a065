// Reading and printing JSON without exceptions: their messages quote the text, and the text may be secret.
import { type Unreadable, unreadable } from './shape.ts';

export type Json<T> = { readonly kind: 'json'; readonly value: T } | Unreadable;

/**
 * Of a field that stands twice the last counts, as for the API server; what is forwarded has it once. A whole number beyond
 * those that JavaScript has (int64) is kept as it stands, an object that prints as it.
 */
export function readJson(text: string): Json<unknown> {
  try {
    return { kind: 'json', value: MAYBE_INT64.test(text) ? parse(text, keepNumber) : JSON.parse(text) };
  } catch {
    return unreadable('is not JSON');
  }
}

/** Where there is none, reading is several times faster. It may stand in a text too, which then is read as ever. */
const MAYBE_INT64 = /[[:,]\s*-?\d{16}/;
const INT64 = /^-?\d{16}/;

function keepNumber(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (source === undefined || typeof value !== 'number' || String(value) === source) return value;
  return INT64.test(source) ? rawJSON(source) : value;
}

/** Whether it is such a number: it has no fields, and `rawJSON` is how it stands. */
export const isKeptNumber = (value: unknown): value is { readonly rawJSON: string } => isRawJSON(value);

/** Not yet in TypeScript's library: https://tc39.es/proposal-json-parse-with-source/, in Node 21 and newer. */
const { parse, rawJSON, isRawJSON } = JSON as unknown as {
  parse(text: string, reviver: typeof keepNumber): unknown;
  rawJSON(source: string): unknown;
  isRawJSON(value: unknown): boolean;
};

/** Fails only on nesting deeper than the stack, which reading does not mind. */
export function printJson(value: unknown): Json<string> {
  try {
    return { kind: 'json', value: JSON.stringify(value) };
  } catch {
    return unreadable('is nested too deeply');
  }
}

/** UTF-8 without a byte order mark, as Kubernetes sends it; of a text that is cut short, with what closes it. */
export function readJsonBytes(bytes: Uint8Array, closing = ''): Json<unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return readJson(text + closing);
  } catch {
    return unreadable('is not UTF-8');
  }
}
