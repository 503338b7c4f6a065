// What is shown of one JSON text, printed anew from what was read.
import { type Json, printJson, readJsonBytes } from './json.ts';
import type { MaskedBytes } from './masker.ts';
import type { Show, Unreadable } from './shape.ts';

export const NOTHING: MaskedBytes = { kind: 'masked', chunks: [], count: 0 };

const encoder = new TextEncoder();

/** `ending` stands behind it, where it is shown at all. */
export function printed(bytes: Uint8Array, show: Show, ending = ''): MaskedBytes | Unreadable {
  const read = readJsonBytes(bytes);
  return read.kind === 'unreadable' ? read : printedValue(read.value, show, ending);
}

/** The same of what was read. */
export function printedValue(value: unknown, show: Show, ending = ''): MaskedBytes | Unreadable {
  const shown = show(value);
  if (shown.kind === 'unreadable') return shown;
  if (shown.value === undefined) return NOTHING;
  const text = printJson(shown.value);
  if (text.kind === 'unreadable') return text;
  return { kind: 'masked', chunks: [encoder.encode(text.value + ending)], count: shown.count };
}

/** An object's text as far as into the list that is its field, and from there on. */
export function printAround(
  object: Readonly<Record<string, unknown>>,
  field: string,
): Json<readonly [before: string, behind: string]> {
  const fields = Object.entries(object);
  const at = fields.findIndex(([name]) => name === field);
  const before = printFields(fields.slice(0, at));
  const behind = printFields(fields.slice(at + 1));
  if (before.kind === 'unreadable') return before;
  if (behind.kind === 'unreadable') return behind;
  const [first, last] = [before.value, behind.value];
  return { kind: 'json', value: [`{${first}${first && ','}"${field}":[`, `]${last && ','}${last}}`] };
}

function printFields(fields: readonly (readonly [string, unknown])[]): Json<string> {
  const text = printJson(Object.fromEntries(fields));
  return text.kind === 'json' ? { kind: 'json', value: text.value.slice(1, -1) } : text;
}
