// What is hidden of a text, line by line: a match lies in one line, so that what is hidden of a line depends on that line
// alone. Only a private key in PEM spans lines: all from its first to its last, also where its beginning is not there.
import type { Patterns } from './compile.ts';
import { pemLines } from './pem-lines.ts';
import { type Span, union } from './span.ts';

/** What is hidden of one line. */
export interface HiddenOfLine {
  readonly spans: readonly Span[];
  /** The first span began in a line before. */
  readonly goesOn: boolean;
  /** The last span goes on in the next line. */
  readonly opens: boolean;
  /** It is a line of a key whose beginning is not there, the next may be another. */
  readonly inRun: boolean;
}

/** RSA with 16384 bits has 200 lines. A key whose end does not come hides no more of a log. */
export const MAX_KEY_LINES = 256;

const LABEL = '(?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)? ?-----?';
const BEGIN = new RegExp(`-----? ?BEGIN ${LABEL}`, 'g');
const END = new RegExp(`-----? ?END ${LABEL}`, 'g');
const NAME = 'private-key';

/**
 * For the lines of one text, in their order, each without what ends it; of one that is not whole, what is hidden so far, any
 * number of times before the whole of it. `isPart`: whether one is of a key that began before.
 */
export function hiddenByLine(
  patterns: Patterns,
  isPart = pemLines(),
): (line: string, isWhole?: boolean) => HiddenOfLine {
  let left = 0;
  let inRun = false;
  const next = (line: string, isWhole: boolean): HiddenOfLine => {
    if (!patterns.wellKnown) return { spans: patterns.in(line), goesOn: false, opens: false, inRun: false };
    const wasInRun = inRun;
    const part = left === 0 ? isPart(line, isWhole) : undefined;
    inRun = part !== undefined;
    if (left === 0 && !line.includes('PRIVATE KEY')) {
      const found = patterns.in(line);
      const spans = part ? union([...found, { start: part.start, end: line.length, name: PART }]) : found;
      return { spans, goesOn: false, opens: false, inRun };
    }
    const goesOn = left > 0;
    const spans: Span[] = [];
    // What ends here and has not begun is all hidden.
    let open = goesOn || endsFirst(line);
    for (let from = 0; from < line.length || open; ) {
      const start = open ? from : after(BEGIN, line, from).start;
      if (start === -1) break;
      const { start: last, end } = after(END, line, start);
      // Where another begins within it, the count does too: who writes a beginning before a key gets no end of it to see.
      if (last === -1) {
        left = open && after(BEGIN, line, start).start === -1 ? left - 1 : MAX_KEY_LINES;
        const all = union([...patterns.in(line), ...spans, span(start, line.length)]);
        return { spans: all, goesOn, opens: left > 0, inRun: false };
      }
      spans.push(span(start, end));
      open = false;
      from = end;
    }
    left = 0;
    const all = union([...patterns.in(line), ...spans]);
    return { spans: all, goesOn, opens: false, inRun: wasInRun && endsFirst(line) };
  };
  return (line, isWhole = true) => {
    const before = [left, inRun] as const;
    const hidden = next(line, isWhole);
    if (!isWhole) [left, inRun] = before;
    return hidden;
  };
}

/** Of a line of a key whose beginning is not there. */
const PART = 'pem';

function endsFirst(line: string): boolean {
  const end = after(END, line, 0).start;
  const begin = after(BEGIN, line, 0).start;
  return end !== -1 && (begin === -1 || end < begin);
}

const span = (start: number, end: number): Span => ({ start, end, name: NAME });

/** Where it stands next; -1: nowhere. */
function after(
  expression: RegExp,
  line: string,
  from: number,
): { readonly start: number; readonly end: number } {
  expression.lastIndex = from;
  const found = expression.exec(line);
  return found === null ? { start: -1, end: -1 } : { start: found.index, end: found.index + found[0].length };
}

/** Whether a private key may begin or end there. */
export const holdsKeyMark = (line: string): boolean =>
  after(BEGIN, line, 0).start !== -1 || after(END, line, 0).start !== -1;

/** What is hidden of a whole text; a key that spans lines is one piece. `name`: of a value of one line. */
export function hiddenIn(patterns: Patterns, text: string, name?: string): readonly Span[] {
  if (name !== undefined && isOneLine(text)) return withName(patterns, text, name);
  // A text of one line is no rest of a key, but may be a name.
  const next = isOneLine(text) ? hiddenByLine(patterns, () => undefined) : hiddenByLine(patterns);
  const all: Span[] = [];
  let isOpen = false;
  for (const { index, 0: line } of text.matchAll(LINES)) {
    const { spans, goesOn, opens, inRun } = next(line);
    for (const [at, { start, end, name: of }] of spans.entries()) {
      const last = all.at(-1);
      if (at === 0 && (goesOn || inRun) && isOpen && last !== undefined)
        all[all.length - 1] = { ...last, end: index + end };
      else all.push({ start: index + start, end: index + end, name: of });
    }
    isOpen = opens || inRun;
  }
  return all;
}

/** What ends a line in a log ends one here, and nothing else does. */
const LINES = /[^\r\n]+/g;

/** Whether it has no line break, or only at its ends. */
export function isOneLine(text: string): boolean {
  return !/[\r\n]/.test(text.trim());
}

/** Of what has a name, such as a variable, also what a pattern finds in `NAME=value`. */
function withName(patterns: Patterns, text: string, name: string): readonly Span[] {
  // Before its first character, also where that is not the text's.
  const lead = text.length - text.trimStart().length;
  const before = `${name}=`;
  const shift = lead - before.length;
  const found = hiddenIn(patterns, before + text.slice(lead));
  // What is found of the text alone would be found here too.
  if (found.length === 0 && lead === 0 && !patterns.asksForBeginning) return found;
  const inText = found.flatMap(({ start, end, name: of }) => {
    const span = { start: Math.max(lead, start + shift), end: end + shift, name: of };
    return span.end > span.start ? [span] : [];
  });
  return union([...hiddenIn(patterns, text), ...inText]);
}
