// Reading and printing JSON without exceptions: their messages quote the text, and the text may be secret.
import { type Unreadable, unreadable } from './shape.ts';

export type Json<T> = { readonly kind: 'json'; readonly value: T } | Unreadable;

/** Of a field that stands twice the last counts, as for the API server; what is forwarded has it once. */
export function readJson(text: string): Json<unknown> {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return unreadable('is not JSON');
  }
}

/** Fails only on nesting deeper than the stack, which reading does not mind. */
export function printJson(value: unknown): Json<string> {
  try {
    return { kind: 'json', value: JSON.stringify(value) };
  } catch {
    return unreadable('is nested too deeply');
  }
}

/** UTF-8 without a byte order mark, as Kubernetes sends it. */
export function readJsonBytes(bytes: Uint8Array): Json<unknown> {
  try {
    return readJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return unreadable('is not UTF-8');
  }
}
