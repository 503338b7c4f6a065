// The texts, the numbers and the names of the keys in a value in JSON, at any depth, and the value with some of them hidden.
import { isKeptNumber } from '../json.ts';
import { masked, type Show, unreadable } from '../shape.ts';
import type { Path } from './secret-leaves.ts';

/** Whether a text is one to hide, where it is known as the value of which key. */
export type Finds = (text: string, key?: string) => boolean;

/** Deeper than any chart's values. */
const MAX_DEPTH = 100;

export interface Hides {
  readonly text: Finds;
  readonly key: (key: string) => boolean;
}

/** Each text, and each number as it is printed. */
export function* textsOf(value: unknown, depth = 0): Generator<string> {
  const text = textOf(value);
  if (text !== undefined) yield text;
  else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH)
    for (const inner of Object.values(value)) yield* textsOf(inner, depth + 1);
}

/** Each name of a key. */
export function* keysOf(value: unknown, depth = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || textOf(value) !== undefined || depth >= MAX_DEPTH)
    return;
  if (!Array.isArray(value)) yield* Object.keys(value);
  for (const inner of Object.values(value)) yield* keysOf(inner, depth + 1);
}

/** Shows a value with `sentence(path)` in the place of each text, number or key that is to be hidden. */
export function showTexts(hides: Hides, sentence: (path: Path) => string, at: Path): Show {
  return (whole) => {
    const path = [...at];
    let [count, isTooDeep] = [0, false];
    const inner = (key: string | number, value: unknown, context?: string): unknown => {
      path.push(key);
      const shown = show(value, context);
      path.pop();
      return shown;
    };
    const hidden = (where: Path): string => {
      count += 1;
      return sentence(where);
    };
    // Below an object no step is a number: no text has the path of a key.
    const nameOf = (key: string): string => (hides.key(key) ? hidden([...path, 0, key]) : key);
    const show = (value: unknown, context?: string): unknown => {
      const text = textOf(value);
      if (text !== undefined) return hides.text(text, context) ? hidden(path) : value;
      if (typeof value !== 'object' || value === null) return value;
      isTooDeep ||= path.length > MAX_DEPTH;
      if (isTooDeep) return undefined;
      return Array.isArray(value)
        ? value.map((item, index) => inner(index, item))
        : Object.fromEntries(
            Object.entries(value).map(([key, item]) => [
              nameOf(key),
              inner(key, item, contextOf(key, Reflect.get(value, 'name'))),
            ]),
          );
    };
    const last = at.at(-1);
    const shown = show(whole, typeof last === 'string' ? last : undefined);
    return isTooDeep ? unreadable('is nested too deeply') : masked(shown, count);
  };
}

/** What a text at a key is the value of: of a variable (`name`, `value`) that one's name, else the key. */
export const contextOf = (key: string, name: unknown): string =>
  key === 'value' && typeof name === 'string' ? name : key;

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return isKeptNumber(value) ? value.rawJSON : undefined;
}
