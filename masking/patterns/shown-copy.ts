// A copy of an object, which a tool keeps in an annotation, as it is shown: what is hidden of the object for its place or its
// name is hidden of the copy too, and so is what stands in its JSON as a text. A copy that does not read is hidden whole.
import { printCopy } from '../annotations.ts';
import { readJson } from '../json.ts';
import { SENTINEL_MARKER } from '../sentinel.ts';
import { isObject } from '../shape.ts';
import type { Patterns } from './compile.ts';
import { hiddenIn } from './lines.ts';
import { replaced, type Span } from './span.ts';
import { eachText, isTooDeep } from './texts.ts';

/** `words`: what stands for piece i, and fits into a text of JSON. Nothing is looked for in a copy's copies but as in any text. */
export function showCopy(
  text: string,
  patterns: Patterns,
  words: (index: number) => string,
): { readonly text: string; readonly count: number } {
  const whole = () => ({ text: words(0), count: 1 });
  const read = readJson(text);
  if (read.kind === 'unreadable' || !isObject(read.value) || isTooDeep(read.value)) return whole();
  let count = 0;
  const hide = (from: string, spans: readonly Span[]) => replaced(from, spans, () => words(count++));
  const object = eachText(read.value, (found) =>
    hide(found.text, hiddenIn(patterns, found.text, found.context)),
  );
  const printed = count === 0 ? ({ kind: 'json', value: text } as const) : printCopy(object, text);
  if (printed.kind === 'unreadable') return whole();
  // What a pattern finds across fields, or in a field that stands twice.
  const across = hiddenIn(patterns, printed.value).filter((span) => !isOfSentinel(printed.value, span));
  return { text: hide(printed.value, across), count };
}

const SENTINEL_LENGTH = SENTINEL_MARKER.length + 48;

/** Whether it lies within what stands for a piece already. */
function isOfSentinel(text: string, { start, end }: Span): boolean {
  const before = Math.max(0, start - SENTINEL_LENGTH);
  const at = text.slice(before, start + SENTINEL_MARKER.length).lastIndexOf(SENTINEL_MARKER);
  return at !== -1 && before + at <= start && end <= before + at + SENTINEL_LENGTH;
}
