// One manifest of a release: which values its Secrets have, and its text with these hidden in it. A document that is or may be
// a Secret, and is not read with certainty, is hidden whole.
import { type Document, readDocuments } from './documents.ts';
import type { Value } from './known-values.ts';
import type { Hides } from './leaves.ts';
import type { Found, Path } from './secret-leaves.ts';
import { isShown, isWholeHidden } from './shown-leaves.ts';

export interface Manifest {
  readonly text: string;
  readonly documents: readonly Document[];
  /** The values of its Secrets; undefined: one of them could not be read. */
  readonly values: readonly Value[] | undefined;
}

/** The sentence for what stands at a path in the manifest: the document's number, then keys and numbers. */
export type Sentence = (path: Path) => string;

export interface ShownManifest {
  readonly text: string;
  /** How many values were hidden. */
  readonly count: number;
}

/** `isShort`: as readDocuments has it. */
export function readManifest(text: string, isShort: boolean): Manifest {
  const documents = readDocuments(text, isShort);
  const values = documents.flatMap(({ leaves = [] }) => leaves.flatMap(valueAt));
  return { text, documents, values: documents.some(({ mayBeSecret }) => mayBeSecret) ? undefined : values };
}

const valueAt = ({ leaf, place }: Found): Value[] =>
  (place === 'data' || place === 'stringData') && leaf.text !== undefined
    ? [{ text: leaf.text, isBase64: place === 'data' }]
    : [];

export function showManifest(manifest: Manifest, hides: Hides, sentence: Sentence): ShownManifest {
  const edits = manifest.documents.flatMap((document, index) =>
    editsOf(document, hides, (path) => sentence([index, ...path])).map((edit) => ({
      ...edit,
      start: edit.start + document.start,
      end: edit.end + document.start,
    })),
  );
  let text = '';
  let at = 0;
  for (const edit of edits.sort((a, b) => a.start - b.start)) {
    text += manifest.text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return { text: text + manifest.text.slice(at), count: edits.length };
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function editsOf(document: Document, hides: Hides, sentence: Sentence): Edit[] {
  const { text, leaves } = document;
  if (isWholeHidden(document, hides)) return [{ start: 0, end: text.length, text: `\n# ${sentence([])}\n` }];
  if (leaves === undefined) return [];
  const hidden = leaves.flatMap((found) => {
    if (isShown(found, document, hides)) return [];
    const { leaf, path, place } = found;
    const said = place === 'data' ? btoa(sentence(path)) : JSON.stringify(sentence(path));
    const lead = text[leaf.start - 1] === ':' ? ' ' : '';
    return [{ start: leaf.start, end: leaf.end, text: lead + said }];
  });
  return [...hidden, ...commentEdits(text, leaves, hides, sentence)];
}

/** Of comments, which stand between the scalars; beside a value of a Secret it may be an older one. */
function commentEdits(text: string, leaves: readonly Found[], hides: Hides, sentence: Sentence): Edit[] {
  const edits: Edit[] = [];
  let from = 0;
  for (let index = 0; index <= leaves.length; index += 1) {
    const [before, after] = [leaves[index - 1], leaves[index]];
    const isBeside = [before, after].some((it) => it?.place === 'data' || it?.place === 'stringData');
    const between = text.slice(from, after?.leaf.start);
    for (const { 0: comment, index: at } of between.matchAll(/(?<![^\s])#.*/g)) {
      const start = from + at;
      if (isBeside || hides.text(comment))
        edits.push({ start, end: start + comment.length, text: `# ${sentence(['#', start])}` });
    }
    from = after?.leaf.end ?? text.length;
  }
  return edits;
}
