// An object as it stands: its texts in which something is hidden, each with its place, and how it is shown.
import { type Hash, type Place, type Version, versionOf } from '../sentinel.ts';
import { isObject } from '../shape.ts';
import type { Patterns } from './compile.ts';
import { printPath, type Step } from './path.ts';
import { placesOf, showText } from './shown-text.ts';
import type { Span } from './span.ts';
import { eachText, type Found, isTooDeep } from './texts.ts';

export interface LiveText {
  readonly text: string;
  readonly shown: string;
  readonly spans: readonly Span[];
  readonly isCopy: boolean;
  /** It is the name of a field. */
  readonly isKey: boolean;
  readonly path: readonly Step[];
  /** Of piece i. */
  readonly placeOf: (index: number) => Place;
  /** The fields on the way to it; of a list any item. */
  readonly keys: Keys;
}

/** Names of fields; undefined stands for any item of a list. */
export type Keys = readonly (string | undefined)[];

export interface LiveTexts {
  readonly version: Version;
  /** By `idOf`. */
  readonly hidden: ReadonlyMap<string, LiveText>;
  readonly root: unknown;
}

export const idOf = ({ path, isKey }: Pick<Found, 'path' | 'isKey'>): string => `${printPath(path)} ${isKey}`;

/** Undefined: it says no version, or is nested deeper than what is shown, so that nothing in it was ever hidden by a sentinel that could be put back. */
export function readLiveTexts(live: unknown, hash: Hash, patterns: Patterns): LiveTexts | undefined {
  const version = isObject(live) ? versionOf(live.metadata) : undefined;
  if (version === undefined || version.resourceVersion === '0' || isTooDeep(live)) return undefined;
  const hidden = new Map<string, LiveText>();
  eachText(live, (found) => {
    const { text: shown, spans, isCopy } = showText(found, { hash, patterns, version });
    if (spans.length > 0) {
      const path = [...found.path];
      const placeOf = placesOf({ path, isKey: found.isKey });
      const { text, isKey } = found;
      hidden.set(idOf(found), { text, shown, spans, isCopy, placeOf, path, isKey, keys: keysOf(path) });
    }
    return found.text;
  });
  return { version, hidden, root: live };
}

export const keysOf = (path: readonly Step[]): Keys =>
  path.map((step) => (typeof step === 'string' ? step : undefined));

/** Whether something is hidden there, above or below; an index stands for any item. */
export function mayHold({ hidden }: LiveTexts, keys: readonly string[]): boolean {
  return [...hidden.values()].some(({ keys: of }) =>
    of.slice(0, keys.length).every((key, at) => key === undefined || key === keys[at]),
  );
}
