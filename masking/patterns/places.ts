// Places of a write, and what of the live object is said of them.
import type { Fault } from '../put-back/put-back.ts';
import type { Hidden } from './hidden.ts';
import { isOf, type Restoring, SENTENCES } from './restored-text.ts';
import { isCopyAt } from './shown-text.ts';

/** A field's name, or an item's index. */
export type At = readonly (string | number)[];

export const isCopy = (at: At) => isCopyAt({ path: at as readonly string[], isKey: false });

/** The object, its metadata or its annotations. */
export const mayHoldCopy = (at: At) =>
  at.length === 0 ||
  (at[0] === 'metadata' && (at.length === 1 || (at.length === 2 && at[1] === 'annotations')));

/** A directive of strategic merge patch that names items of a list by what they are, where one of them is hidden. */
export function names(key: string, fields: ReadonlyMap<string, Hidden>): boolean {
  const [directive = '', ...rest] = key.split('/');
  const of = fields.get(rest.join('/'));
  if (!directive.startsWith('$') || of === undefined) return false;
  return !(directive === '$setElementOrder' && of.kind === 'named');
}

/** Of this object, at another version; judged by its first sentence, for each is compared with all that is hidden. */
export function isStale(text: string, how: Restoring): boolean {
  const [sentence] = text.match(SENTENCES) ?? [];
  if (sentence === undefined || how.live.sentences().has(sentence)) return false;
  return how.live.texts.some((of) => isOf(sentence, of, how));
}

/** Where in this object a sentinel belongs. */
export function belonging(text: string, how: Restoring): Pick<Fault, 'belongsAt'> {
  const [sentence] = text.match(SENTENCES) ?? [];
  const own = sentence === undefined ? undefined : how.live.texts.find((of) => isOf(sentence, of, how));
  return own === undefined ? {} : { belongsAt: own.at };
}

export const sayAt = (at: At): string =>
  at.map((it, index) => (typeof it === 'number' ? `[${it}]` : `${index === 0 ? '' : '.'}${it}`)).join('');
