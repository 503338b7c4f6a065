// Budget: at most so many calls of these verbs in a time. The strict schema; who counts is the controller, or the process of
// `chaperone run`.
import * as z from 'zod';
import { parseDuration } from '../duration.ts';
import { duration } from './words.ts';

export const MAX_BUDGETS = 8;

/** A count keeps one line for each call in it. */
const MAX_CALLS = 1000;

/** For as long a count is kept after its last call, at most. */
const MAX_PER_MS = 24 * 3_600_000;

/** Verbs of the Kubernetes API that change what stands there. */
export const budgetVerb = z.enum(['create', 'update', 'patch', 'delete', 'deletecollection']);

export const Budget = z.strictObject({
  verbs: z
    .array(budgetVerb)
    .min(1)
    .max(budgetVerb.options.length)
    .refine((verbs) => new Set(verbs).size === verbs.length, 'has a verb twice')
    .meta({ 'x-kubernetes-list-type': 'set' })
    .describe('The verbs whose calls are counted together.'),
  max: z.int().min(1).max(MAX_CALLS).describe('The most calls in any span of that length.'),
  per: duration
    .refine((text) => (parseDuration(text) ?? 0) <= MAX_PER_MS, 'is not between 1s and a day (24h)')
    .describe('The length of the span, which slides.'),
});

export type BudgetVerb = z.infer<typeof budgetVerb>;
export type Budget = z.infer<typeof Budget>;
