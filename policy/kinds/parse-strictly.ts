// Reads an object by a strict schema: all of it is understood, or it is invalid and gives nothing. Never throws.
// What is wrong is one line that begins with the field: `spec.standing.rules[0].namespaces: is missing`.
import type { z } from 'zod';

export type Parsed<T> =
  | { readonly kind: 'valid'; readonly value: T }
  | { readonly kind: 'invalid'; readonly field: string; readonly why: string };

/** Answers with the first thing wrong. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): Parsed<T> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return { kind: 'valid', value: result.data };
  const issue = result.error.issues[0];
  if (issue === undefined) return { kind: 'invalid', field: '', why: 'is not understood' };
  return { kind: 'invalid', ...explain(issue) };
}

function explain(issue: z.core.$ZodIssue): { field: string; why: string } {
  switch (issue.code) {
    case 'unrecognized_keys':
      return { field: fieldOf([...issue.path, issue.keys[0] ?? '']), why: 'is not a field of this kind' };
    case 'invalid_type':
    case 'invalid_value':
      if (issue.input === undefined) return { field: fieldOf(issue.path), why: 'is missing' };
      return { field: fieldOf(issue.path), why: lowerFirst(issue.message) };
    default:
      return { field: fieldOf(issue.path), why: lowerFirst(issue.message) };
  }
}

/** Names come from the object itself: each is cut to what a real field could be. */
function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) =>
      typeof part === 'number'
        ? `[${part}]`
        : `${at === 0 ? '' : '.'}${String(part)
            .replace(/[^\w./-]/g, '?')
            .slice(0, 63)}`,
    )
    .join('');
}

const lowerFirst = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
