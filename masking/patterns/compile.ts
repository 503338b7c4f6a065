// The patterns of a policy, compiled to be looked for in one line. All of them are looked for at once, in time linear in the
// line; only those that are there are then found one by one.
import { RE2Set } from 're2js';
import type { MaskingRules } from '../../policy/kinds/masking.ts';
import { type Pattern, readPattern } from '../../policy/pattern.ts';
import { throughEscapes } from './escapes.ts';
import { type Span, union } from './span.ts';
import { WELL_KNOWN } from './well-known.ts';

export interface Patterns {
  /** What is hidden of one line: apart from each other, in order. */
  in(line: string): readonly Span[];
  /** One of them asks where a line begins: it may find of a line what it does not after other words. */
  readonly asksForBeginning: boolean;
  /** Private keys in PEM, which span lines, are hidden too. */
  readonly wellKnown: boolean;
}

/** For all of its states together; beyond it begins anew (re2js, DFA). */
const MAX_AUTOMATON_BYTES = 2 * 1024 * 1024;

/** Each may look at the rest of the line again. Beyond, the rest of the line is hidden. */
const MAX_SPANS = 256;

/** Throws where a pattern is none: who sent it has read it (policy/kinds/parse.ts), and without it nothing may be shown. */
export function compilePatterns({ wellKnown, patterns = [] }: MaskingRules): Patterns {
  const named = [...(wellKnown === true ? WELL_KNOWN : []), ...patterns];
  const set = new RE2Set(RE2Set.UNANCHORED, 0, MAX_AUTOMATON_BYTES);
  const finds = named.map(({ name, pattern }) => {
    const read = readPattern(pattern);
    if (read.kind === 'bad') throw new Error(`the pattern ${name} ${read.why}`);
    set.add(pattern);
    return finder(name, read);
  });
  if (finds.length > 0) set.compile();
  const here = (line: string): Span[] =>
    finds.length === 0 ? [] : set.match(line).flatMap((id) => finds[id]?.(line) ?? []);
  const look = (line: string): readonly Span[] => {
    const spans = throughEscapes(line, here);
    return spans.length > 1 ? union(spans) : spans;
  };
  const clean = new Set<string>();
  return {
    wellKnown: wellKnown === true,
    asksForBeginning: named.some(({ pattern }) => BEGINNING.test(pattern)),
    in(line) {
      if (line.length > MAX_WORD) return look(line);
      if (clean.has(line)) return NONE;
      const spans = look(line);
      if (spans.length > 0) return spans;
      if (clean.size === MAX_WORDS) clean.clear();
      clean.add(line);
      return NONE;
    },
  };
}

/** `^` or `\A`; after a bracket it is that of a class, or matches nowhere. */
const BEGINNING = /(?<!\[)\^|\\A/;

const NONE: readonly Span[] = [];

/** Objects are mostly the same short words again and again, in which nothing was found. At most half a megabyte. */
const MAX_WORD = 64;
const MAX_WORDS = 4096;

function finder(name: string, { expression }: Pattern): (line: string) => Span[] {
  const hide = expression.namedGroups().hide ?? 0;
  return (line) => {
    const matcher = expression.matcher(line);
    const spans: Span[] = [];
    while (matcher.find()) {
      // A group that took no part in the match, or nothing, says nothing.
      const group = matcher.end(hide) > matcher.start(hide) ? hide : 0;
      const [start, end] = [matcher.start(group), matcher.end(group)];
      if (spans.length === MAX_SPANS) return [...spans, { start, end: line.length, name }];
      if (end > start) spans.push({ start, end, name });
    }
    return spans;
  };
}
