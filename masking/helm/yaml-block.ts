// A block scalar of YAML, literal (|) or folded (>), with its chomping and its indent.
import type { Leaf } from './plain-yaml.ts';
import { type Lines, withoutEnd } from './yaml-lines.ts';

const HEADER = /^([|>])(?:([+-])([1-9])?|([1-9])([+-])?)?(?: +#.*)?$/;

/** `header` is what stands after the key, which begins at `start`; `indent` is that of the mapping or list it stands in. */
export function readBlockScalar(
  lines: Lines,
  header: string,
  indent: number,
  start: number,
): Leaf | undefined {
  const read = HEADER.exec(header);
  if (read === null) return undefined;
  const [, style, chomp1, more1, more2, chomp2] = read;
  const more = more1 ?? more2;
  const raws = lines.takeRaw((raw) => /^ *$/.test(raw) || indentOf(raw) > indent);
  const [from, to] = [raws.findIndex(isFilled), raws.findLastIndex(isFilled)];
  const [first, last] = [raws[from], raws[to]];
  const chomp = chomp1 ?? chomp2;
  if (first === undefined && chomp === '+') return undefined;
  // How far in it is, a tab would not tell.
  if (more === undefined && first !== undefined && /^ *\t/.test(first.raw)) return undefined;
  const inner =
    more !== undefined ? indent + Number(more) : first === undefined ? indent + 1 : indentOf(first.raw);
  // No line with text is less far in than the first; and it is not certain whether spaces further in, before or after the text,
  // are part of it.
  const isUnclear = raws.some((it, at) =>
    isFilled(it) ? indentOf(it.raw) < inner : (at < from || at > to) && it.raw.length > inner,
  );
  if (isUnclear) return undefined;
  const texts = raws.map(({ raw }) => raw.slice(inner));
  const text = style === '|' ? literal(texts) : folded(texts);
  const end = last === undefined ? start + header.length : last.start + last.raw.length;
  return text === undefined ? undefined : { kind: 'leaf', text: chomped(text, chomp), start, end };
}

const isFilled = ({ raw }: { readonly raw: string }): boolean => !/^ *$/.test(raw);
const indentOf = (raw: string): number => raw.length - raw.replace(/^ */, '').length;

const literal = (texts: readonly string[]): string => texts.join('\n');

/** A line break is a space, and blank lines behind it are one each: where none is further in. What else is folded has rules of its own. */
function folded(texts: readonly string[]): string | undefined {
  const upTo = texts.findLastIndex((it) => it.trim() !== '') + 1;
  const filled = texts.slice(0, upTo);
  if (filled[0] === '' || filled.some((it) => /^[ \t]/.test(it))) return undefined;
  const text = filled.join('\n').replace(/\n(\n*)/g, (_, blank: string) => blank || ' ');
  return [text, ...texts.slice(upTo)].join('\n');
}

function chomped(text: string, chomp: string | undefined): string {
  const bare = withoutEnd(text, '\n');
  if (chomp === '-') return bare;
  if (chomp === '+') return text === '' ? '' : `${text}\n`;
  return bare === '' ? '' : `${bare}\n`;
}
