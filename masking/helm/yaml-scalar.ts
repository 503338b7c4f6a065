// A scalar of YAML as rendered templates have them, plain, in either quotes, or an opaque `[…]` or `{…}`, on one line or several.
// What could be read in two ways is not read.
import type { Leaf } from './plain-yaml.ts';
import { mayBeSecret } from './secret-word.ts';
import { endOfFlow } from './yaml-flow.ts';
import { type Lines, withoutEnd } from './yaml-lines.ts';
import { endOfQuoted, readQuoted } from './yaml-quoted.ts';

/**
 * `rest` is what stands after `key: ` or `- ` on the line taken last, not empty, from `start` on, and `indent` that of the mapping or
 * list that it stands in. Undefined: it is not certain what it is.
 */
export function readScalar(lines: Lines, rest: string, indent: number, start: number): Leaf | undefined {
  return /^["'[{]/.test(rest) ? readEnclosed(lines, indent, start) : readPlain(lines, rest, indent, start);
}

function readEnclosed(lines: Lines, indent: number, start: number): Leaf | undefined {
  const isQuoted = /["']/.test(lines.document.charAt(start));
  const end = (isQuoted ? endOfQuoted : endOfFlow)(lines.document, start);
  const after = end === undefined ? undefined : lines.takeTo(end, indent);
  if (end === undefined || after === undefined || !/^ *$|^ +#/.test(after)) return undefined;
  const source = lines.document.slice(start, end);
  if (!isQuoted) return mayBeSecret(source) ? undefined : { kind: 'leaf', text: undefined, start, end };
  const text = readQuoted(source);
  return text === undefined ? undefined : { kind: 'leaf', text, start, end };
}

const NULLS: ReadonlySet<string> = new Set(['~', 'null', 'Null', 'NULL']);

/** It goes on over lines that are further in: a space each, or a line break for each blank line between. */
function readPlain(lines: Lines, rest: string, indent: number, start: number): Leaf | undefined {
  const source = plainOn(rest, NO_PLAIN);
  if (source === undefined) return undefined;
  let text = NULLS.has(source) ? undefined : source;
  let end = start + source.length;
  for (let next = lines.peek(); next !== undefined && next.indent > indent; next = lines.peek()) {
    const blank = lines.blankBefore();
    const isPart = source === rest && plainOn(next.content, NO_MORE) === next.content;
    if (!isPart || blank === undefined) return undefined;
    lines.take();
    text = `${text ?? source}${blank === 0 ? ' ' : '\n'.repeat(blank)}${next.content}`;
    end = next.start + next.content.length;
  }
  return { kind: 'leaf', text, start, end };
}

/** Indicators that begin something else: an anchor, an alias, a tag, a block, a directive, a quoted one. */
const NO_PLAIN = /^(?:[&*!|>%@`,[\]{}#"']|[-?:](?: |$))/;

/** A comment ends a plain one; whatever else stands further in goes on with it. */
const NO_MORE = /^#/;

/** What of a line is plain: it ends before ` #`. With `: ` in it, it would be a mapping. */
function plainOn(content: string, notPlain: RegExp): string | undefined {
  const comment = content.indexOf(' #');
  const source = withoutEnd(comment === -1 ? content : content.slice(0, comment), ' ');
  return source === '' || notPlain.test(source) || /:(?: |$)|\t/.test(source) ? undefined : source;
}
