// JSON in a text, as it is shown: what stands in it is looked at in its fields, as it would be of an object, and then the text as
// one. So are the names by which managedFields says what of the object is whose: what they repeat of it stands there as JSON.
import { printCopy } from '../annotations.ts';
import { readJson } from '../json.ts';
import { holdsSentinel, SENTINEL_MARKER } from '../sentinel.ts';
import type { Patterns } from './compile.ts';
import { hiddenIn } from './lines.ts';
import type { Step } from './path.ts';
import { replaced, type Span } from './span.ts';
import { eachText, type Found, isTooDeep } from './texts.ts';

export interface ShowingJson {
  readonly patterns: Patterns;
  /** What stands for the next piece; it fits into a text of JSON. */
  readonly words: () => string;
}

/** `text`, which was read as `value`, and `at` where the value stands. Undefined: it cannot be printed. */
export function showJson(
  text: string,
  value: unknown,
  at: readonly Step[],
  how: ShowingJson,
): string | undefined {
  const hide = (from: string, spans: readonly Span[]) => replaced(from, spans, how.words);
  const shown = eachText(
    value,
    (found) => {
      if (holdsSentinel(found.text)) return found.text;
      if (isOwnedName(found)) return showOwnedName(found.text, how);
      return hide(found.text, hiddenIn(how.patterns, found.text, found.context));
    },
    at,
  );
  const printed = shown === value ? ({ kind: 'json', value: text } as const) : printCopy(shown, text);
  if (printed.kind === 'unreadable') return undefined;
  // What a pattern finds across fields, or in a field that stands twice.
  const sentinels = Array.from(printed.value.matchAll(SENTINELS), ({ index, 0: it }) => ({
    start: index,
    end: index + it.length,
  }));
  return hide(
    printed.value,
    hiddenIn(how.patterns, printed.value).filter((span) => !meets(sentinels, span)),
  );
}

/** Whether it is a name in the fieldsV1 of managedFields: of the object, or of one that it holds. */
export function isOwnedName({ path, isKey }: Pick<Found, 'path' | 'isKey'>): boolean {
  if (!isKey) return false;
  const fields = path.findIndex((step, at) => step === 'fieldsV1' && path[at - 2] === 'managedFields');
  return fields !== -1 && path.length > fields + 1;
}

/**
 * `f:` a field's name, `k:` the fields that an item of a list is known by, `v:` an item of a set
 * (structured-merge-diff fieldpath/serialize-pe.go). What does not read is hidden.
 */
export function showOwnedName(name: string, how: ShowingJson): string {
  const [kind, said] = [name.slice(0, 2), name.slice(2)];
  const hidden = (text: string) => replaced(text, hiddenIn(how.patterns, text), how.words);
  if (kind === 'f:') return kind + hidden(said);
  if (kind !== 'k:' && kind !== 'v:') return hidden(name);
  const read = readJson(said);
  const item = { list: [], index: 0 };
  const isReadable = read.kind === 'json' && !isTooDeep(read.value);
  return kind + ((isReadable ? showJson(said, read.value, [item], how) : undefined) ?? how.words());
}

/** As it is, and as a value in base64. */
const SENTINELS = new RegExp(`${SENTINEL_MARKER}[0-9a-f]{48}|${btoa(SENTINEL_MARKER)}[A-Za-z0-9]{64}`, 'g');

/** Both in order. */
function meets(sentinels: readonly Place[], { start, end }: Place): boolean {
  let [from, to] = [0, sentinels.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sentinels[middle]?.end ?? 0) <= start) from = middle + 1;
    else to = middle;
  }
  const first = sentinels[from];
  return first !== undefined && first.start < end;
}

type Place = Pick<Span, 'start' | 'end'>;
