// One sending of what a pod may do: remaining milliseconds, no times of day, so that no clock has to be believed.
// The schema is strict through and through: a snapshot that fails it is no snapshot.
import * as z from 'zod';
import { MAX_DURATION_MS } from './duration.ts';
import { AgentPolicySpec } from './kinds/agent-policy.ts';
import { Rule } from './kinds/rule.ts';
import { label, line, MAX_RULES, subdomain } from './kinds/words.ts';

/** More live Grants for one pod than any task asks for; those that end soonest are left out beyond it. */
export const MAX_GRANTS = 128;

/** How long a snapshot may be believed at most: a revocation takes hold within it, connected or not. */
export const MAX_LEASE_MS = 60_000;

const remainingMs = z.int().min(0).max(MAX_DURATION_MS);

const heldGrant = z.strictObject({
  name: subdomain,
  task: line,
  scope: label,
  remainingMs,
  rules: z.array(Rule).min(1).max(MAX_RULES),
});

const held = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('conflict'), policies: z.array(subdomain).min(2).max(MAX_GRANTS) }),
  z.strictObject({
    kind: z.literal('policy'),
    name: subdomain,
    mode: AgentPolicySpec.shape.mode,
    standing: z.strictObject({ remainingMs, rules: z.array(Rule).max(MAX_RULES) }).optional(),
    never: AgentPolicySpec.shape.never,
    scopes: AgentPolicySpec.shape.scopes,
    budgets: AgentPolicySpec.shape.budgets,
    masking: AgentPolicySpec.shape.masking,
    grants: z.array(heldGrant).max(MAX_GRANTS),
  }),
]);

export const Snapshot = z.strictObject({
  leaseMs: z.int().min(0).max(MAX_LEASE_MS),
  /** The agent: every name below lies in its namespace. */
  namespace: label,
  pod: subdomain,
  podUid: z.string().min(1).max(64),
  serviceAccount: subdomain,
  /** Where chaperone itself runs. */
  systemNamespace: label,
  /** What the agent writes of pods is judged before it is stored, by a webhook that is in force. */
  guarded: z.boolean(),
  held,
});

export type Snapshot = z.infer<typeof Snapshot>;
export type Held = z.infer<typeof held>;
export type HeldPolicy = Extract<Held, { kind: 'policy' }>;
export type HeldGrant = z.infer<typeof heldGrant>;
