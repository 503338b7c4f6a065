// Counting a call before it is made: its verb goes up, and whether the budgets of the agent's policy have room for it comes
// back. Whose policy and workload it is, the controller knows by the certificate and from nothing that is said here.
import * as z from 'zod';
import { MAX_DURATION_MS } from '../policy/duration.ts';
import { Budget, budgetVerb, MAX_BUDGETS } from '../policy/kinds/budget.ts';

/** So long a sidecar waits for the answer: it takes milliseconds, or a second or two where a replica has just been replaced. */
export const SPEND_WITHIN_MS = 3_000;

/** Bounds the body of a request before it is parsed. */
export const MAX_SPEND_REQUEST_BYTES = 512;

/** Bounds the body of an answer, a Status among them. */
export const MAX_SPEND_RESPONSE_BYTES = 16 * 1024;

export const SpendRequestSchema = z.strictObject({
  /** The call's Audit-ID: a call that is counted already is not counted again, so an ask may be repeated. */
  auditId: z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  verb: budgetVerb,
});

export const SpendResponseSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('spent') }),
  z.strictObject({
    kind: z.literal('exhausted'),
    /** Which of the policy's budgets, and what it says. */
    index: z
      .int()
      .min(0)
      .max(MAX_BUDGETS - 1),
    budget: Budget,
    /** Until there is room for one, if nothing else is counted. */
    freeInMs: z.int().positive().max(MAX_DURATION_MS),
  }),
]);

export type SpendRequest = z.infer<typeof SpendRequestSchema>;
export type SpendResponse = z.infer<typeof SpendResponseSchema>;
