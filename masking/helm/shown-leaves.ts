// What of a manifest's documents is shown as it is, and which of a release's values may be shown because they stand there.
import type { Document } from './documents.ts';
import type { Hides } from './leaves.ts';
import type { Found } from './secret-leaves.ts';
import { asSaid } from './yaml-quoted.ts';

/** A document that may be a Secret, has a name of a field that is hidden, or is not read and holds something that is. */
export function isWholeHidden({ text, leaves, mayBeSecret }: Document, hides: Hides): boolean {
  if (leaves === undefined) return mayBeSecret || hides.text(text) || hides.text(asSaid(text));
  const keys = new Set(leaves.flatMap(({ path }) => path));
  return [...keys].some((key) => typeof key === 'string' && hides.key(key));
}

/** Of a document that is not hidden whole. */
export function isShown({ leaf, context, place }: Found, { text }: Document, hides: Hides): boolean {
  if (place === 'name') return true;
  if (place !== 'other') return false;
  if (leaf.text !== undefined) return !hides.text(leaf.text, context);
  const source = text.slice(leaf.start, leaf.end);
  return !hides.text(source, context) && !hides.text(asSaid(source), context);
}

/** Of a longer scalar, or one of more pieces, only the whole is known. */
const [MAX_SCALAR, MAX_PIECES] = [256, 8];
/** Beyond, fewer values are shown. */
const MAX_SHOWN = 20_000;

/** The scalars that are shown, and what lies in them between spaces, slashes and other marks: a tag of an image. */
export function shownIn(documents: readonly Document[], hides: Hides): ReadonlySet<string> {
  const shown = new Set<string>();
  for (const document of documents) {
    if (document.leaves === undefined || isWholeHidden(document, hides)) continue;
    for (const found of document.leaves) {
      const text = found.leaf.text?.trim();
      if (shown.size >= MAX_SHOWN) return shown;
      if (text !== undefined && isShown(found, document, hides)) for (const it of runsOf(text)) shown.add(it);
    }
  }
  return shown;
}

/** The whole, and all that begins and ends at a mark. */
function runsOf(text: string): readonly string[] {
  if (text.length > MAX_SCALAR) return [text];
  const pieces = [...text.matchAll(/[^\s/:@,;=]+/g)];
  if (pieces.length > MAX_PIECES) return [text];
  const runs = pieces.flatMap((first, at) =>
    pieces.slice(at).map((last) => text.slice(first.index, last.index + last[0].length)),
  );
  return [text, ...runs];
}
