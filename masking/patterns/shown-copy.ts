// A copy of an object, which a tool keeps in an annotation, as it is shown: what is hidden of the object for its place or its
// name is hidden of the copy too, and so is what stands in its JSON as a text. A copy that does not read is hidden whole.
import { readJson } from '../json.ts';
import { isObject } from '../shape.ts';
import type { Patterns } from './compile.ts';
import { showJson } from './shown-json.ts';
import { isTooDeep } from './texts.ts';

/** `words`: what stands for piece i, and fits into a text of JSON. Nothing is looked for in a copy's copies but as in any text. */
export function showCopy(
  text: string,
  patterns: Patterns,
  words: (index: number) => string,
): { readonly text: string; readonly count: number } {
  const read = readJson(text);
  let count = 0;
  const shown =
    read.kind === 'unreadable' || !isObject(read.value) || isTooDeep(read.value)
      ? undefined
      : showJson(text, read.value, [], { patterns, words: () => words(count++) });
  return shown === undefined ? { text: words(0), count: 1 } : { text: shown, count };
}
