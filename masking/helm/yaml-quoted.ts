// What stands between quotes in YAML: where it ends, and what it says, over lines and with all escapes. Also what a text in YAML
// would say wherever in it quotes stand.
import { withoutEnd } from './yaml-lines.ts';

/** The offset behind the closing quote of what is quoted from `start`; undefined: there is none. */
export function endOfQuoted(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\' && quote === '"') at += 1;
    else if (text[at] !== quote) continue;
    else if (quote === "'" && text[at + 1] === quote) at += 1;
    else return at + 1;
  }
  return undefined;
}

/** `source` has its quotes. Undefined: it is not certain what it says. */
export function readQuoted(source: string): string | undefined {
  const inner = source.slice(1, -1);
  if (source.startsWith("'")) return folded(inner).replaceAll("''", "'");
  let isCertain = !/\\\s*\n/.test(inner) && !/\\(?:u|U0000)[dD][89a-fA-F]/.test(inner);
  const text = unescaped(folded(inner), (source) => {
    isCertain = false;
    return source;
  });
  return isCertain ? text : undefined;
}

/** A text in YAML of which the scalars are not known, without what quotes make of it. */
export const asSaid = (text: string): string =>
  unescaped(folded(text.replace(/\\\r?\n[ \t]*/g, '')), (source) => source);

/** A line break is a space, or as many breaks as blank lines follow it. */
function folded(text: string): string {
  const lines = text.split('\n');
  const last = lines.length - 1;
  let said = '';
  let blank = 0;
  for (const [at, line] of lines.entries()) {
    const from = at === 0 ? line : line.replace(/^[ \t]+/, '');
    const part = at === last ? from : withoutEnd(from, ' \t\r');
    if (part === '' && at > 0 && at < last) {
      blank += 1;
      continue;
    }
    if (at > 0) said += blank === 0 ? ' ' : '\n'.repeat(blank);
    said += part;
    blank = 0;
  }
  return said;
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|[\s\S])/g;

const SAYS: Readonly<Record<string, string>> = {
  '\\0': '\0',
  '\\a': '\x07',
  '\\b': '\b',
  '\\t': '\t',
  '\\n': '\n',
  '\\v': '\v',
  '\\f': '\f',
  '\\r': '\r',
  '\\e': '\x1b',
  '\\ ': ' ',
  '\\"': '"',
  '\\/': '/',
  '\\\\': '\\',
  '\\N': '\x85',
  '\\_': '\xa0',
  '\\L': '\u2028',
  '\\P': '\u2029',
};

/** `other` says what stands for one that is none. */
function unescaped(text: string, other: (source: string) => string): string {
  return text.replace(ESCAPE, (source: string, two?: string, four?: string, eight?: string) => {
    const code = Number.parseInt(two ?? four ?? eight ?? '', 16);
    if (Number.isNaN(code)) return SAYS[source] ?? other(source);
    return code <= 0x10ffff ? String.fromCodePoint(code) : other(source);
  });
}
