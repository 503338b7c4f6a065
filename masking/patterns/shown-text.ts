// One text of an object as it is shown: with a sentinel in place of each piece that a pattern finds. Who puts pieces back asks
// here too what was shown.
import { isCopyName } from '../annotations.ts';
import { type Hash, type Place, sentinel, type Version } from '../sentinel.ts';
import type { Patterns } from './compile.ts';
import { hiddenIn } from './lines.ts';
import { printPath, type Step } from './path.ts';
import { showCopy } from './shown-copy.ts';
import { isOwnedName, showOwnedName } from './shown-json.ts';
import { replaced, type Span } from './span.ts';
import type { Found } from './texts.ts';

export interface ShowingTexts {
  readonly hash: Hash;
  readonly patterns: Patterns;
  readonly version: Version;
  /** Texts that are shown as they are, whatever is found in them; a copy is looked through all the same. */
  readonly isLeft: (text: string) => boolean;
}

export interface ShownText {
  readonly text: string;
  /** What is hidden of it; piece i is at `placeOf(found, i)`. */
  readonly spans: readonly Span[];
  /** It is a copy of the object, shown as one: no piece of its text stands in what is shown. */
  readonly isCopy: boolean;
}

export function showText(found: Found, { hash, patterns, version, isLeft }: ShowingTexts): ShownText {
  const isCopy = isCopyAt(found);
  const placeOf = placesOf(found);
  const words = (index: number) => sentinel(hash, version, placeOf(index));
  if (isCopy) {
    const { text, count } = showCopy(found.text, patterns, words);
    return { text, spans: wholly(found, count), isCopy };
  }
  if (isOwnedName(found)) {
    let count = 0;
    const text = showOwnedName(found.text, { patterns, words: () => words(count++) });
    return { text, spans: wholly(found, count), isCopy };
  }
  const spans = isLeft(found.text) ? [] : hiddenIn(patterns, found.text, found.context);
  const text = spans.length === 0 ? found.text : replaced(found.text, spans, (_span, at) => words(at));
  return { text, spans, isCopy };
}

/** Pieces of which it is not known where in the text they stood. */
const wholly = ({ text }: Found, count: number): readonly Span[] =>
  Array(count).fill({ start: 0, end: text.length, name: 'copy' });

/** Whether it is the annotation in which a tool keeps what it applied. */
export function isCopyAt({ path, isKey }: Pick<Found, 'path' | 'isKey'>): boolean {
  const [metadata, annotations, name] = path as readonly (Step | undefined)[];
  const isAnnotation = path.length === 3 && metadata === 'metadata' && annotations === 'annotations';
  return isAnnotation && !isKey && typeof name === 'string' && isCopyName(name);
}

/** Where the pieces of a text are: its path, whether it is a field's name, and which piece of it. */
export function placesOf({ path, isKey }: Pick<Found, 'path' | 'isKey'>): (index: number) => Place {
  let printed: string | undefined;
  return (index) => {
    printed ??= printPath(path);
    return { part: 'text', key: JSON.stringify([printed, isKey ? 'key' : 'value', index]) };
  };
}
