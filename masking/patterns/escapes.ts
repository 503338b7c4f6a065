// A line in which a program printed a text as JSON or Go do: what is escaped there is looked at as the characters that it stands
// for, and as several lines where it stands for their ends.
import type { Span } from './span.ts';

type Find = (line: string) => readonly Span[];

/** What `find` finds in it as it stands, between its escapes, and with those of ordinary characters said plainly. */
export function throughEscapes(line: string, find: Find): Span[] {
  const spans = [...find(line)];
  if (!line.includes('\\')) return spans;
  spans.push(...betweenEscapes(line, find));
  const plain = plainly(line);
  if (plain === undefined) return spans;
  for (const { start, end, name } of [...find(plain.text), ...betweenEscapes(plain.text, find)])
    spans.push({ start: plain.inLine(start), end: plain.inLine(end), name });
  return spans;
}

/** What programs print for a character that ends a line or a word: in JSON, Go and others, and within each other. */
const ESCAPES = /\\{1,8}(?:[abfnrtv]|u00[01][0-9a-fA-F])/g;

/** A line of JSON holds texts of several lines: each is looked at as if it were its own. */
function betweenEscapes(line: string, find: Find): Span[] {
  const spans: Span[] = [];
  let from = 0;
  const look = (to: number): void => {
    if (to === from) return;
    for (const { start, end, name } of find(line.slice(from, to)))
      spans.push({ start: from + start, end: from + end, name });
  };
  for (const { index, 0: printed } of line.matchAll(ESCAPES)) {
    look(index);
    from = index + printed.length;
  }
  if (from > 0) look(line.length);
  return spans;
}

/** Printable ASCII, of which Go prints `&`, `<` and `>` so. */
const PRINTABLE = /\\{1,8}u00([2-7][0-9a-fA-F])/g;

interface Plain {
  readonly text: string;
  /** How much of the line its first characters are. */
  inLine(count: number): number;
}

function plainly(line: string): Plain | undefined {
  /** Of each escape: its index in the text, and where it ends in the line. */
  const at: number[] = [];
  const ends: number[] = [];
  let text = '';
  let from = 0;
  for (const { index, 0: printed, 1: code = '' } of line.matchAll(PRINTABLE)) {
    text += line.slice(from, index);
    from = index + printed.length;
    at.push(text.length);
    ends.push(from);
    text += String.fromCharCode(Number.parseInt(code, 16));
  }
  if (at.length === 0) return undefined;
  text += line.slice(from);
  return {
    text,
    inLine(count) {
      let [low, high] = [0, at.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((at[middle] ?? 0) < count) low = middle + 1;
        else high = middle;
      }
      return low === 0 ? count : (ends[low - 1] ?? 0) + count - (at[low - 1] ?? 0) - 1;
    },
  };
}
