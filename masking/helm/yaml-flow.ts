// Where a flow collection of YAML (`[…]`, `{…}`) ends, on one line or several. It is of quoted scalars, and of plain ones that no
// reader takes for anything else; JSON is.
import { endOfQuoted, readQuoted } from './yaml-quoted.ts';

/** Deeper ones are not read. */
const MAX_DEPTH = 64;

type Kind = 'open' | 'close' | 'comma' | 'key' | 'scalar';

/** What may stand behind what. */
const FOLLOWS: Readonly<Record<Kind, readonly Kind[]>> = {
  open: ['open', 'close', 'key', 'scalar'],
  comma: ['open', 'close', 'key', 'scalar'],
  key: ['open', 'scalar'],
  scalar: ['close', 'comma'],
  close: ['close', 'comma'],
};

/** Behind its last bracket, of one that begins at `start`. Undefined: that is not certain. */
export function endOfFlow(text: string, start: number): number | undefined {
  const open: string[] = [];
  let last: Kind = 'comma';
  for (let at = start; ; ) {
    const token = tokenAt(text, at);
    if (token === undefined || !FOLLOWS[last].includes(token.kind)) return undefined;
    at = token.end;
    last = token.kind;
    const mark = text.charAt(at - 1);
    if (last === 'open') open.push(mark === '[' ? ']' : '}');
    if (last === 'close' && open.pop() !== mark) return undefined;
    if (open.length === 0) return at;
    if (open.length > MAX_DEPTH) return undefined;
  }
}

const MARKS: Readonly<Record<string, Kind>> = {
  '[': 'open',
  '{': 'open',
  ']': 'close',
  '}': 'close',
  ',': 'comma',
};

function tokenAt(text: string, start: number): { readonly kind: Kind; readonly end: number } | undefined {
  const from = behind(SPACE, text, start) ?? start;
  const mark = MARKS[text.charAt(from)];
  if (mark !== undefined) return { kind: mark, end: from + 1 };
  const isQuoted = /["']/.test(text.charAt(from));
  const end = isQuoted ? endOfQuoted(text, from) : endOfPlain(text, from);
  if (end === undefined || (isQuoted && readQuoted(text.slice(from, end)) === undefined)) return undefined;
  if (text[end] !== ':') return { kind: 'scalar', end };
  // A key, which stands on one line; what is behind its colon at once is certain only where it is quoted.
  const isCertain = isQuoted || /[ \r\n]/.test(text.charAt(end + 1));
  return isCertain && !text.slice(from, end).includes('\n') ? { kind: 'key', end: end + 1 } : undefined;
}

const SPACE = /[ \r\n]+/y;
/** A colon stands in it only before more of it. */
const WORD = /(?:[\w./$+=~(]|-(?=[^\s,[\]{}"']))(?:[^\s,[\]{}"':]|:(?=[^\s,[\]{}"']))*/y;

/** Behind the last of its words. */
function endOfPlain(text: string, start: number): number | undefined {
  let end: number | undefined;
  for (let at: number | undefined = start; at !== undefined; at = end && behind(SPACE, text, end)) {
    const next = behind(WORD, text, at);
    if (next === undefined) return end;
    end = next;
  }
  return end;
}

function behind(form: RegExp, text: string, at: number): number | undefined {
  form.lastIndex = at;
  return form.test(text) ? form.lastIndex : undefined;
}
