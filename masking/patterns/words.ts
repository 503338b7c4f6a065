// What stands for a piece that cannot be written back: in logs, in errors, in what is printed of an object. It is no sentinel.
import type { Patterns } from './compile.ts';
import { hiddenIn } from './lines.ts';
import { replaced, type Span } from './span.ts';

export const wordsFor = (name: string): string => `(hidden by chaperone: ${name})`;

/** A text that belongs to no object, and what was hidden of it. */
export function hideInWords(
  patterns: Patterns,
  text: string,
  context?: string,
): { readonly text: string; readonly spans: readonly Span[] } {
  const spans = hiddenIn(patterns, text, context);
  return { text: replaced(text, spans, ({ name }) => wordsFor(name)), spans };
}
