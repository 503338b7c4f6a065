// A strict reader of YAML as rendered templates have it: block mappings and lists of scalars and of opaque flow collections. It says where in the text each
// scalar stands, and reads nothing that another reader could take for something else: that is not certain (undefined).
import { readBlockScalar } from './yaml-block.ts';
import { type Lines, linesOf } from './yaml-lines.ts';
import { readScalar } from './yaml-scalar.ts';

export type Node = Mapping | List | Leaf;

export interface Mapping {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, Node>;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface Leaf {
  readonly kind: 'leaf';
  /** Undefined: nothing (null), or a flow collection. */
  readonly text: string | undefined;
  /** Where it stands, quotes and block indicator included; empty where nothing stands. */
  readonly start: number;
  readonly end: number;
}

/** A manifest is flatter than this. */
const MAX_DEPTH = 64;

/** One document, without its separators. Undefined: it is not certain what it says. */
export function readPlainYaml(document: string): Node | undefined {
  const lines = linesOf(document);
  if (lines === undefined) return undefined;
  if (lines.peek() === undefined) return { kind: 'leaf', text: undefined, start: 0, end: 0 };
  const node = readBlock(lines, 0, 0);
  return node !== undefined && lines.peek() === undefined ? node : undefined;
}

const DASH = /^-(?: |$)/;
/** Not `... `, which ends a document. */
const KEY = /^(?!\.\.\. )(?:([\w.$/](?:[^\s:]|:(?=\S)| (?=[^\s:#]))*)|"([^"\\]*)"|'([^']*)')(?:: +|:$)/;

function readBlock(lines: Lines, minIndent: number, depth: number): Node | undefined {
  const line = lines.peek();
  if (line === undefined || line.indent < minIndent || depth > MAX_DEPTH) return undefined;
  return DASH.test(line.content)
    ? readList(lines, line.indent, depth)
    : readMapping(lines, line.indent, depth);
}

function readMapping(lines: Lines, indent: number, depth: number): Mapping | undefined {
  const entries = new Map<string, Node>();
  for (let line = lines.peek(); line !== undefined && line.indent >= indent; line = lines.peek()) {
    const [whole, ...keys] = KEY.exec(line.content) ?? [];
    const key = keys.find((it) => it !== undefined);
    if (line.indent > indent || whole === undefined || key === undefined || entries.has(key))
      return undefined;
    const node = readValue(lines, indent, whole.length, depth);
    if (node === undefined) return undefined;
    entries.set(key, node);
  }
  return entries.size === 0 ? undefined : { kind: 'mapping', entries };
}

function readList(lines: Lines, indent: number, depth: number): List | undefined {
  const items: Node[] = [];
  for (let line = lines.peek(); line !== undefined && line.indent >= indent; line = lines.peek()) {
    // A mapping goes on after a list that stands at its own indent.
    if (line.indent > indent || !DASH.test(line.content)) break;
    const lead = /^-( *)/.exec(line.content)?.[0].length ?? 1;
    const rest = line.content.slice(lead);
    const isNested = KEY.test(rest) || DASH.test(rest);
    if (isNested) lines.cut(lead);
    const node = isNested ? readBlock(lines, indent + 1, depth + 1) : readValue(lines, indent, lead, depth);
    if (node === undefined) return undefined;
    items.push(node);
  }
  return { kind: 'list', items };
}

/** What stands after the first `lead` characters of the current line, of a parent at `indent`. */
function readValue(lines: Lines, indent: number, lead: number, depth: number): Node | undefined {
  const line = lines.take();
  if (line === undefined) return undefined;
  const rest = line.content.slice(lead);
  const start = line.start + lead;
  if (rest === '' || rest.startsWith('#'))
    return readBelow(lines, { indent, mayBeList: !DASH.test(line.content) }, start, depth);
  if (/^[|>]/.test(rest)) return readBlockScalar(lines, rest, indent, start);
  return readScalar(lines, rest, indent, start);
}

/** A list may stand at the indent of the mapping that it is a value of. */
function readBelow(
  lines: Lines,
  { indent, mayBeList }: { readonly indent: number; readonly mayBeList: boolean },
  start: number,
  depth: number,
): Node | undefined {
  const next = lines.peek();
  const isBelow =
    next !== undefined &&
    (next.indent > indent || (mayBeList && next.indent === indent && DASH.test(next.content)));
  if (!isBelow) return { kind: 'leaf', text: undefined, start, end: start };
  if (DASH.test(next.content) || KEY.test(next.content)) return readBlock(lines, indent, depth + 1);
  lines.take();
  return readScalar(lines, next.content, indent, next.start);
}
