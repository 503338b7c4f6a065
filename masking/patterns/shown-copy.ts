// A copy of an object, which a tool keeps in an annotation, as it is shown: what is hidden of the object for its place or its
// name is hidden of the copy too, and so is what stands in its JSON as a text. A copy that does not read is hidden whole.
import { printCopy } from '../annotations.ts';
import { readJson } from '../json.ts';
import { holdsSentinel, SENTINEL_MARKER } from '../sentinel.ts';
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
    holdsSentinel(found.text) ? found.text : hide(found.text, hiddenIn(patterns, found.text, found.context)),
  );
  const printed = count === 0 ? ({ kind: 'json', value: text } as const) : printCopy(object, text);
  if (printed.kind === 'unreadable') return whole();
  // What a pattern finds across fields, or in a field that stands twice.
  const sentinels = Array.from(printed.value.matchAll(SENTINELS), ({ index, 0: it }) => ({
    start: index,
    end: index + it.length,
  }));
  const across = hiddenIn(patterns, printed.value).filter((span) => !meets(sentinels, span));
  return { text: hide(printed.value, across), count };
}

/** As it is, and as a value in base64. */
const SENTINELS = new RegExp(`${SENTINEL_MARKER}[0-9a-f]{48}|${btoa(SENTINEL_MARKER)}[A-Za-z0-9]{64}`, 'g');

/** Both in order. */
function meets(sentinels: readonly Place[], { start, end }: Place): boolean {
  let [from, to] = [0, sentinels.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sentinels[middle]?.end ?? 0) <= start) from = middle + 1;
    else to = middle;
  }
  const first = sentinels[from];
  return first !== undefined && first.start < end;
}

type Place = Pick<Span, 'start' | 'end'>;
