// One scalar of YAML as rendered templates have them, on one line: plain, in either quotes, or an opaque `[…]` or `{…}`. What
// could be read in two ways, or needs more than its own line, is not read.
import { readJson } from '../json.ts';

export interface Scalar {
  /** What it says; undefined: nothing (null), or a flow collection, of which only the source is known. */
  readonly text: string | undefined;
  readonly source: string;
  readonly isPlain: boolean;
}

const NULLS: ReadonlySet<string> = new Set(['~', 'null', 'Null', 'NULL']);

/** `rest` is what stands after `key: ` or `- `, not empty; undefined: it is not certain what it is. */
export function readScalar(rest: string): Scalar | undefined {
  const [first] = rest;
  if (first === '"') return quoted(rest, /^"(?:[^"\\]|\\.)*"/, (source) => textOf(readJson(source)));
  if (first === "'")
    return quoted(rest, /^'(?:[^']|'')*'/, (source) => source.slice(1, -1).replaceAll("''", "'"));
  if (first === '[' || first === '{') return flow(rest);
  return plain(rest);
}

function quoted(
  rest: string,
  form: RegExp,
  read: (source: string) => string | undefined,
): Scalar | undefined {
  const [source] = form.exec(rest) ?? [];
  if (source === undefined || !isEnd(rest.slice(source.length))) return undefined;
  const text = read(source);
  return text === undefined ? undefined : { text, source, isPlain: false };
}

const textOf = (read: ReturnType<typeof readJson>): string | undefined =>
  read.kind === 'json' && typeof read.value === 'string' ? read.value : undefined;

/** Indicators that begin something else: an anchor, an alias, a tag, a block, a directive. */
const NO_PLAIN = /^(?:[&*!|>%@`,\]}#"']|[-?:](?: |$))/;

/** A plain scalar ends before ` #`; one with `: ` in it would be a mapping. */
function plain(rest: string): Scalar | undefined {
  const comment = rest.indexOf(' #');
  const source = (comment === -1 ? rest : rest.slice(0, comment)).trimEnd();
  if (source === '' || NO_PLAIN.test(source) || /:(?: |$)|\t/.test(source)) return undefined;
  return { text: NULLS.has(source) ? undefined : source, source, isPlain: true };
}

/**
 * Balanced on its line, and so are the quotes in it; nothing in it is a comment, an anchor, an alias or a tag, and nothing
 * could spell the kind of a Secret.
 */
function flow(rest: string): Scalar | undefined {
  const [source] = /^[[{].*[\]}]/.exec(rest) ?? [];
  if (source === undefined || !isEnd(rest.slice(source.length))) return undefined;
  if (/Secret|\\/.test(source)) return undefined;
  const bare = source.replace(/"[^"]*"|'[^']*'/g, '');
  if (/["'#&*!\t]/.test(bare)) return undefined;
  return isBalanced(bare) ? { text: undefined, source, isPlain: false } : undefined;
}

/** Each bracket has its own, and the first its own at the very end. */
function isBalanced(bare: string): boolean {
  const open: string[] = [];
  for (let at = 0; at < bare.length; at += 1) {
    const it = bare.charAt(at);
    if (it === '[' || it === '{') open.push(it === '[' ? ']' : '}');
    if ((it === ']' || it === '}') && open.pop() !== it) return false;
    if (open.length === 0) return at === bare.length - 1;
  }
  return false;
}

const isEnd = (after: string): boolean => /^ *$|^ +#/.test(after);
