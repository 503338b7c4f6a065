// What is hidden of an object as it stands, found in one walk: where a write meets it, and what may be written there.
import { isKeptNumber } from '../json.ts';
import { type Hash, sentinel, versionOf } from '../sentinel.ts';
import { isObject, type Unreadable, unreadable } from '../shape.ts';
import type { Patterns } from './compile.ts';
import type { Hidden, HiddenTexts, LiveText } from './hidden.ts';
import { sealedTogether } from './name-spaces.ts';
import { namesOf } from './named-lists.ts';
import { contextOf, isIdentity, type Step, sayPath } from './path.ts';
import { placesOf, showText } from './shown-text.ts';
import { type Found, isTooDeep } from './texts.ts';

export interface Hiding {
  readonly hash: Hash;
  readonly patterns: Patterns;
  /** Texts that are shown as they are, whatever is found in them. */
  readonly isLeft: (text: string) => boolean;
}

/** Of more a write is not judged: each is held with where it stands. */
const MAX_TEXTS = 10_000;

/** Unreadable: it says no version, so that nothing in it was hidden by what could be put back, or is more than can be held. */
export function hiddenTexts(live: unknown, { hash, patterns, isLeft }: Hiding): HiddenTexts | Unreadable {
  const version = isObject(live) ? versionOf(live.metadata) : undefined;
  if (version === undefined || version.resourceVersion === '0' || !isObject(live))
    return unreadable('it says no version');
  if (isTooDeep(live)) return unreadable('it is nested too deeply');
  const { apiVersion } = live;
  const path: Step[] = [];
  /** The same in the names that are shown. */
  const said: Step[] = [];
  const parents: unknown[] = [];
  const texts: LiveText[] = [];
  let count = 0;

  const look = (text: string, isKey: boolean): LiveText | undefined => {
    const context = isKey ? undefined : contextOf(path, parents);
    const found: Found = { text, path, context, isKey };
    const { text: shown, spans, isCopy } = showText(found, { hash, patterns, version, isLeft });
    if (spans.length === 0) return undefined;
    count += spans.length;
    const at = { path: [...path], isKey };
    const hidden = {
      kind: 'text' as const,
      text,
      shown,
      spans,
      isCopy,
      placeOf: placesOf(at),
      at: sayPath(isKey ? [...said, shown] : said),
    };
    if (texts.length <= MAX_TEXTS) texts.push(hidden);
    return hidden;
  };

  function at(value: unknown): Part {
    if (typeof value === 'string') {
      const hidden = look(value, false);
      return { hidden, shown: hidden?.shown ?? value };
    }
    if (typeof value !== 'object' || value === null || isKeptNumber(value)) return { shown: value };
    const before = count;
    parents.push(value);
    const part = Array.isArray(value) ? ofList(value) : ofObject(value as Fields);
    parents.pop();
    if (count === before) return { hidden: undefined, shown: value };
    const { hidden = { kind: 'sealed', value, shown: part.shown, count: count - before } } = part;
    return { hidden, shown: part.shown };
  }

  function ofList(list: readonly unknown[]): Part {
    const parts = list.map((item, index) => {
      path.push({ list, index });
      said.push({ list, index });
      const part = at(item);
      path.pop();
      said.pop();
      return part;
    });
    const shown = parts.map((part) => part.shown);
    const names = namesOf(list, path, apiVersion);
    if (names === undefined) return { shown };
    const items = new Map<unknown, Hidden>(
      parts.flatMap(({ hidden }, index) => (hidden ? [[names[index] ?? '', hidden]] : [])),
    );
    const isByName = [...items.values()].every((it) => it.kind === 'fields' && !it.fields.has('name'));
    return { shown, ...(isByName && { hidden: { kind: 'named', names, has: new Set(names), items } }) };
  }

  function ofObject(object: Fields): Part {
    const fields = new Map<string, Hidden>();
    const entries: [string, unknown][] = [];
    let hasHiddenName = false;
    for (const [key, value] of Object.entries(object)) {
      path.push(key);
      const isLeftAsIs = isIdentity(path);
      const name = isLeftAsIs ? undefined : look(key, true);
      said.push(name?.shown ?? key);
      const part = isLeftAsIs ? { shown: value } : at(value);
      path.pop();
      said.pop();
      hasHiddenName ||= name !== undefined;
      entries.push([name?.shown ?? key, part.shown]);
      if (part.hidden !== undefined) fields.set(key, part.hidden);
    }
    // fromEntries defines properties: a key named __proto__ stays a key.
    const shown = Object.fromEntries(entries);
    if (hasHiddenName || isNamedValue(fields, object, path)) return { shown };
    const together = object === live ? sealedTogether(object, shown, fields) : fields;
    return { shown, hidden: { kind: 'fields', fields: together } };
  }

  const { hidden: root } = at(live);
  if (texts.length > MAX_TEXTS) return unreadable(`more than ${MAX_TEXTS} texts of it are hidden`);
  let sentences: ReadonlySet<string> | undefined;
  const all = () =>
    new Set(
      texts.flatMap(({ spans, placeOf }) => spans.map((_span, at) => sentinel(hash, version, placeOf(at)))),
    );
  return {
    kind: 'texts',
    version,
    root,
    texts,
    sentences: () => {
      sentences ??= all();
      return sentences;
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

interface Part {
  readonly shown: unknown;
  /** Undefined where something is hidden: sealed. */
  readonly hidden?: Hidden | undefined;
}

/** A value that may be hidden for the name beside it, with which it is written; in a list the API server knows it by that. */
const isNamedValue = (fields: ReadonlyMap<string, Hidden>, { name }: Fields, path: readonly Step[]) =>
  fields.has('value') && typeof name === 'string' && typeof path.at(-1) !== 'object';
