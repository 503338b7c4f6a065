// Grant: a scope, or narrower, given to one pod for one task until `expiresAt`. The strict schema; the CRD is printed from it.
// The spec never changes; the status is the controller's.
import * as z from 'zod';
import { Rule } from './rule.ts';
import { conditions, duration, label, line, metadata, subdomain } from './words.ts';

export const GrantSpec = z
  .strictObject({
    pod: z
      .strictObject({
        name: subdomain,
        uid: z
          .string()
          .min(1)
          .max(64)
          .regex(/^[-A-Za-z0-9]+$/, 'is not a UID'),
      })
      .describe('The one pod, in this namespace, that the Grant is for.'),
    policy: subdomain.describe('The AgentPolicy of this namespace that has the scope.'),
    scope: label.describe('The scope that is given.'),
    rules: z
      .array(Rule)
      .min(1)
      .max(32)
      .optional()
      .describe('Less than the scope: each rule lies within one of its rules. Absent: the whole scope.'),
    task: line.describe('What it is for, in one line.'),
    duration: duration.describe("How long it lasts; at most the scope's maxDuration."),
  })
  .meta({
    'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'a Grant never changes: make another' }],
  });

const RFC3339 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?Z$/;

export const GrantStatus = z.strictObject({
  phase: z
    .enum(['Active', 'Ended', 'Refused'])
    .optional()
    .describe('Active until it ends; Refused where it gives more than its scope, and so gives nothing.'),
  expiresAt: z
    .string()
    .max(32)
    .regex(RFC3339, 'is not an RFC 3339 time in UTC')
    .refine((time) => !Number.isNaN(Date.parse(time)), 'is not a day of the calendar')
    .optional()
    .describe('When it ends (RFC 3339, UTC).'),
  conditions: conditions.optional(),
});

export const Grant = z.strictObject({
  apiVersion: z.literal('chaperone.dev/v1alpha1'),
  kind: z.literal('Grant'),
  metadata,
  spec: GrantSpec,
  status: GrantStatus.optional(),
});

export type Grant = z.infer<typeof Grant>;
