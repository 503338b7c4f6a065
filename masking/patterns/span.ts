// A piece of a text that is hidden, by its place in it.

export interface Span {
  readonly start: number;
  /** After its last character (UTF-16). */
  readonly end: number;
  /** Of the pattern. */
  readonly name: string;
}

/** The same characters, in order and apart; what overlaps is one, under the name of the first. */
export function union(spans: readonly Span[]): Span[] {
  const apart: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = apart.at(-1);
    if (last === undefined || span.start >= last.end) apart.push(span);
    else if (span.end > last.end) apart[apart.length - 1] = { ...last, end: span.end };
  }
  return apart;
}

/** The text with each of these, which are apart and in order, said in other words. */
export function replaced(
  text: string,
  spans: readonly Span[],
  words: (span: Span, index: number) => string,
): string {
  let out = '';
  let from = 0;
  for (const [index, span] of spans.entries()) {
    out += text.slice(from, span.start) + words(span, index);
    from = span.end;
  }
  return out + text.slice(from);
}
