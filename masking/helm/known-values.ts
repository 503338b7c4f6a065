// The values of a release's own Secrets, known again in what else was written with them: in its values, its notes, its
// templates and its other objects. All of a release has one writer, so that nobody can put a guess there.
import { base64Forms, numberInGo, printedForms, readings, textInBase64 } from './forms.ts';
import { createNeedles, MIN_NEEDLE } from './needles.ts';

/** A value as a manifest has it: base64 below `data`, as it is below `stringData`. */
export interface Value {
  readonly text: string;
  readonly isBase64: boolean;
}

export interface KnownValues {
  /** Whether a text is one of them or holds one, as it is or in base64. */
  isIn(text: string): boolean;
  /** Whether a text is one of them, or a line of one, and not so short that it may be any word. */
  isOne(text: string): boolean;
}

/** Shorter values are a few characters that stand everywhere (`true`, `1`); those under MIN_NEEDLE are known as a whole text. */
export const MIN_EQUAL = 4;
/** A line of a value is looked for alone: a key in PEM is indented elsewhere. */
const MIN_LINE = 24;
/** More are not looked for one by one. */
const MAX_NEEDLES = 4000;
/** Characters of texts of which forms are made: of some a form is nine times as long. Secrets of charts hold a hundredth. */
const MAX_LENGTH = 512 * 1024;
/** Of what values may have been rendered from. */
const MAX_FORMS = 40_000;

/** Of a release that holds a Secret which could not be read: any text may be one of its values. */
export const ANY_TEXT: KnownValues = { isIn: (text) => text !== '', isOne: () => false };

export function knownValues(values: readonly Value[]): KnownValues {
  if (lengthOf(values.map(({ text }) => text)) > MAX_LENGTH) return ANY_TEXT;
  const forms = new Set(plainsOf(values).flatMap(formsOf));
  for (const { text, isBase64 } of values)
    if (isBase64) for (const form of [text.trim(), text.trim().replace(/={1,2}$/, '')]) forms.add(form);
  const needles = new Set([...forms].filter((it) => it.length >= MIN_EQUAL));
  if (needles.size > MAX_NEEDLES) return ANY_TEXT;
  const held = createNeedles(needles);
  const holds = (text: string): boolean => {
    let isFound = needles.has(text.trim());
    if (isFound) return true;
    const isCertain = held.search(text, () => {
      isFound = true;
      return true;
    });
    return isFound || !isCertain;
  };
  return {
    isIn: (text) => readings(text).some(holds),
    isOne: (text) => text.length >= MIN_NEEDLE && needles.has(text),
  };
}

/** Those of `texts` that stand within a value, and may be what it was rendered from. Undefined: it takes too long to tell. */
export function sourcesOf(values: readonly Value[], texts: Iterable<string>): readonly string[] | undefined {
  const byForm = new Map<string, string[]>();
  const all = new Set(texts);
  if (lengthOf(all) > MAX_LENGTH) return undefined;
  for (const text of all)
    for (const form of text.length < MIN_NEEDLE ? [] : sourceForms(text)) {
      const same = byForm.get(form);
      if (same !== undefined) same.push(text);
      else if (byForm.size < MAX_FORMS) byForm.set(form, [text]);
      else return undefined;
    }
  const needles = createNeedles(byForm.keys());
  const sources = new Set<string>();
  const found = (form: string): boolean => {
    for (const text of byForm.get(form) ?? []) sources.add(text);
    return false;
  };
  return plainsOf(values).every((plain) => needles.search(plain, found)) ? [...sources] : undefined;
}

function lengthOf(texts: Iterable<string>): number {
  let length = 0;
  for (const text of texts) length += text.length;
  return length;
}

/** What values say; nothing of one that is bytes, which are looked for in base64 alone. */
function plainsOf(values: readonly Value[]): readonly string[] {
  const plains = values.map(({ text, isBase64 }) => (isBase64 ? textInBase64(text) : text));
  return [...new Set(plains)].filter((it) => it !== undefined);
}

function formsOf(plain: string): readonly string[] {
  const lines = linesOf(plain).filter((line) => line.length >= MIN_LINE && !line.startsWith('-----'));
  return [...printedForms(plain), ...lines, ...base64Forms(plain.trim())];
}

/** Each line may be indented anew, and what is in base64 may be decoded. */
function sourceForms(text: string): readonly string[] {
  const decoded = textInBase64(text.trim());
  const more = [numberInGo(text), decoded].filter((it) => it !== undefined);
  return [text, ...more].flatMap((it) => [...printedForms(it), ...linesOf(it)]);
}

const linesOf = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());
