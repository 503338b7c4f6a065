// The lines of one YAML document, blank ones and comments passed over where structure is read, with the offset of each.

export interface Line {
  /** How many spaces stand before it. */
  readonly indent: number;
  /** Without the indent and the white space at its end. */
  readonly content: string;
  /** The offset of the content in the document. */
  readonly start: number;
}

/** The lines that are left, the current one first. */
export interface Lines {
  readonly document: string;
  /** The next line with content; undefined: there is none. */
  peek(): Line | undefined;
  take(): Line | undefined;
  /** How many blank lines stand between it and the one taken last; undefined: a comment does. */
  blankBefore(): number | undefined;
  /** Takes what else has a part before the offset `end`, all further in than `indent`: what is left of the last line. */
  takeTo(end: number, indent: number): string | undefined;
  /** Takes the first characters of the current line for indent: what stands after a dash. */
  cut(characters: number): void;
  /** Directly after the line taken last, as they are: blank ones, and those of at least so much indent. */
  takeRaw(isPart: (raw: string) => boolean): readonly { readonly raw: string; readonly start: number }[];
}

/** What some readers of YAML take for a line break or for white space, or none of them for text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for
const UNCERTAIN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\r(?!\n)/;

/** Without those of `characters` that it ends in. A regular expression would begin at each of them anew. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Of so many characters; what reads a longer one may look at it several times. */
const MAX_LINE = 256 * 1024;

/** Undefined: a character stands in it of which it is not certain what it means, or a line is too long. */
export function linesOf(document: string): Lines | undefined {
  if (UNCERTAIN.test(document) || /^%/m.test(document)) return undefined;
  const starts: number[] = [];
  let offset = 0;
  const raws = document.split('\n').map((line) => {
    starts.push(offset);
    offset += line.length + 1;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  });
  if (raws.some((it) => it.length > MAX_LINE)) return undefined;
  // What stands behind the last line break is no line.
  if (raws.at(-1) === '') raws.pop();
  let at = 0;
  const skip = (): void => {
    while (at < raws.length && /^ *(?:#|$)/.test(raws[at] ?? '')) at += 1;
  };
  let current: Line | undefined;
  const lineAt = (): Line | undefined => {
    if (current !== undefined) return current;
    skip();
    const raw = raws[at];
    if (raw === undefined) return undefined;
    const indent = raw.search(/[^ ]/);
    // A tab for indent is content, which nothing reads.
    current = { indent, content: withoutEnd(raw.slice(indent), ' \t'), start: (starts[at] ?? 0) + indent };
    return current;
  };
  let taken = -1;
  return {
    document,
    peek: lineAt,
    take() {
      const line = lineAt();
      taken = at;
      at += 1;
      current = undefined;
      return line;
    },
    blankBefore() {
      const between = lineAt() === undefined ? [] : raws.slice(taken + 1, at);
      return between.every(isBlank) ? between.length : undefined;
    },
    takeTo(end, indent) {
      for (; at < raws.length && (starts[at] ?? 0) < end; at += 1) {
        const raw = raws[at] ?? '';
        if (!isBlank(raw) && (raw.search(/[^ ]/) <= indent || /^ *\t/.test(raw))) return undefined;
      }
      taken = at - 1;
      current = undefined;
      return raws[taken]?.slice(end - (starts[taken] ?? 0));
    },
    cut(characters) {
      const line = lineAt();
      if (line === undefined) return;
      const { indent, content, start } = line;
      current = {
        indent: indent + characters,
        content: content.slice(characters),
        start: start + characters,
      };
    },
    takeRaw(isPart) {
      const from = at;
      while (at < raws.length && isPart(raws[at] ?? '')) at += 1;
      return raws.slice(from, at).map((raw, index) => ({ raw, start: starts[from + index] ?? 0 }));
    },
  };
}

const isBlank = (raw: string): boolean => /^ *$/.test(raw);
