// The documents of a manifest as Helm stores it: many YAML documents in one text, each with where it stands in it.
import { readPlainYaml } from './plain-yaml.ts';
import { type Found, readLeaves } from './secret-leaves.ts';
import { mayBeSecret } from './secret-word.ts';

export interface Document {
  readonly text: string;
  /** The offset of the text in the manifest, behind the separator. */
  readonly start: number;
  /** Its scalars. Undefined: it is not certain what it says. */
  readonly leaves: readonly Found[] | undefined;
  /** It is not certain that it is no Secret. */
  readonly mayBeSecret: boolean;
}

/** As Helm splits (pkg/release/v1/util/manifest.go): wherever a line begins with `---`, whatever follows on it. */
const SEPARATOR = /(?<![^\n])---[ \t]*/g;

/** `isShort`: it may be read; of any other nothing is certain, not even that it holds no Secret. */
export function readDocuments(manifest: string, isShort: boolean): readonly Document[] {
  if (!isShort) return [{ start: 0, text: manifest, leaves: undefined, mayBeSecret: true }];
  const separators = Array.from(manifest.matchAll(SEPARATOR), (it) => ({
    start: it.index,
    end: it.index + it[0].length,
  }));
  const starts = [0, ...separators.map(({ end }) => end)];
  return starts.flatMap((start, index) => {
    const text = manifest.slice(start, separators[index]?.start);
    if (text.trim() === '') return [];
    // What stands on the line of the separator itself other readers take for something else.
    const isCertain = index === 0 || /^(?:\r?\n|#)/.test(text);
    const root = isCertain ? readPlainYaml(text) : undefined;
    const leaves = root && readLeaves(root);
    // Of one that is read it is uncertain which values are a Secret's.
    const isUncertain = leaves === undefined && (root !== undefined || mayBeSecret(text));
    return [{ start, text, leaves, mayBeSecret: isUncertain }];
  });
}
