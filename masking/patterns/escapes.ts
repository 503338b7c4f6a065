// A line in which a program printed a text as JSON or Go do: what is escaped there is looked at as the characters that it stands
// for, and as several lines where it stands for their ends.
import type { Span } from './span.ts';

type Find = (line: string) => readonly Span[];

/** What `find` finds in it and between its escapes: as it stands, and with those of ordinary characters said plainly. */
export function throughEscapes(line: string, find: Find): readonly Span[] {
  if (!line.includes('\\')) return find(line);
  const spans: Span[] = [];
  const look = (from: number, to: number): void => {
    const part = line.slice(from, to);
    for (const { start, end, name } of find(part)) spans.push({ start: from + start, end: from + end, name });
    const plain = plainly(part);
    const found = plain === part ? [] : find(plain);
    if (found.length === 0) return;
    const starts = startsOf(part);
    const inLine = (at: number): number => from + (starts[at] ?? 0);
    for (const { start, end, name } of found) spans.push({ start: inLine(start), end: inLine(end), name });
  };
  look(0, line.length);
  // A line of JSON holds texts of several lines: each is looked at as if it were its own.
  let from = 0;
  for (const { index, 0: printed } of line.matchAll(ENDS)) {
    if (index > from) look(from, index);
    from = index + printed.length;
  }
  if (from > 0 && from < line.length) look(from, line.length);
  return spans;
}

/** What programs print for a character that ends a line or a word: in JSON, Go and others, and within each other. */
const ENDS = /\\{1,8}(?:[abfnrtv]|u00[01][0-9a-fA-F])/g;

/** The same for any other: PHP escapes `/`, Python all but ASCII, Go `&`, `<` and `>`, all of them quotes and backslashes. */
const ORDINARY = /\\{1,8}(?:u((?!00[01])[0-9a-fA-F]{4})|(["'/]))|\\{2,8}/g;

/** The line with each of these as the one character that it stands for. */
function plainly(line: string): string {
  let text = '';
  let parts: string[] = [];
  let from = 0;
  for (const { index, 0: printed, 1: code, 2: character = '\\' } of line.matchAll(ORDINARY)) {
    parts.push(line.slice(from, index));
    parts.push(code === undefined ? character : String.fromCharCode(Number.parseInt(code, 16)));
    from = index + printed.length;
    if (parts.length < MAX_PARTS) continue;
    text += parts.join('');
    parts = [];
  }
  return from === 0 ? line : text + parts.join('') + line.slice(from);
}

/** A line may be nothing but escapes: so many are held one by one. */
const MAX_PARTS = 4096;

/** Where in the line each character of its plain text begins; at last, where the line ends. */
function startsOf(line: string): Uint32Array {
  const starts = new Uint32Array(line.length + 1);
  let [count, from] = [0, 0];
  const putUntil = (to: number): void => {
    for (; from < to; from += 1) starts[count++] = from;
  };
  for (const { index, 0: printed } of line.matchAll(ORDINARY)) {
    putUntil(index + 1);
    from = index + printed.length;
  }
  putUntil(line.length + 1);
  return starts;
}
