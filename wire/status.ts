// A Kubernetes Status (meta/v1), the form of every error between sidecar and controller, as a reader takes it.
// Only what is shown to a person or acted on is described; the rest is dropped.
import * as z from 'zod';

/** Twice the longest message that we print; what is longer is not ours. */
const MAX_TEXT = 4096;

export const StatusSchema = z.object({
  kind: z.literal('Status'),
  apiVersion: z.literal('v1'),
  status: z.literal('Failure'),
  code: z.int().min(400).max(599),
  reason: z.string().max(64),
  message: z.string().max(MAX_TEXT),
  details: z
    .object({
      causes: z.array(z.object({ reason: z.string().max(64), message: z.string().max(MAX_TEXT) })).max(8),
    })
    .optional(),
});
