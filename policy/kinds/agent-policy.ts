// AgentPolicy: what a platform team lets a kind of agent do. The strict schema; the CRD is printed from it.
import * as z from 'zod';
import { Budget, MAX_BUDGETS } from './budget.ts';
import { MaskingRules } from './masking.ts';
import { NeverRule, Rule } from './rule.ts';
import { conditions, duration, label, line, MAX_RULES, MAX_SCOPES, metadata, subdomain } from './words.ts';

const approval = z.strictObject({
  approvers: z.strictObject({
    groups: z.array(line).min(1).max(16).describe('Groups of people who may approve.'),
  }),
  required: z.int().min(1).max(8).describe('How many of them must agree.'),
});

const scope = z.strictObject({
  name: label.describe('The name that a Grant asks for.'),
  maxDuration: duration.describe('The longest that a Grant of it lasts.'),
  approval: approval.optional().describe('Who must agree to a Grant of it.'),
  rules: z.array(Rule).min(1).max(32),
});

const spec = z.strictObject({
  agents: z
    .strictObject({
      serviceAccounts: z.array(subdomain).min(1).max(32).describe('ServiceAccounts of this namespace.'),
    })
    .describe('The agents that this policy governs.'),
  mode: z
    .enum(['Enforce', 'Observe'])
    .optional()
    .describe(
      'Observe: no denial of this policy takes effect, and each call says what Enforce, the default, would have said.',
    ),
  standing: z
    .strictObject({
      lifetime: duration.describe("How long the rules hold, from the workload's first attestation."),
      rules: z.array(Rule).min(1).max(MAX_RULES),
    })
    .optional()
    .describe('Low-risk access that needs no request; it still ends.'),
  never: z.array(NeverRule).min(1).max(MAX_RULES).optional().describe('What no rule, scope or Grant gives.'),
  scopes: z
    .array(scope)
    .min(1)
    .max(MAX_SCOPES)
    .refine((scopes) => new Set(scopes.map(({ name }) => name)).size === scopes.length, 'has a name twice')
    .optional()
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .describe('What an agent may ask for, with a longest duration and who must approve.'),
  budgets: z
    .array(Budget)
    .min(1)
    .max(MAX_BUDGETS)
    .optional()
    .describe('How many calls a workload of these agents may make in a time, refused ones among them.'),
  masking: MaskingRules.optional().describe('What is hidden from these agents beside the values of Secrets.'),
});

/** What deletes many at once would pass by a budget of what deletes one by one. */
function checkCollections({ standing, scopes = [], budgets = [] }: Spec, ctx: z.core.$RefinementCtx): void {
  const index = budgets.findIndex(({ verbs }) => verbs.includes('delete'));
  if (index === -1 || budgets.some(({ verbs }) => verbs.includes('deletecollection'))) return;
  const lists = [
    { field: 'standing', rules: standing?.rules ?? [] },
    ...scopes.map(({ rules }, at) => ({ field: `scopes[${at}]`, rules })),
  ];
  for (const { field, rules } of lists) {
    const at = rules.findIndex(({ verbs }) => verbs.includes('deletecollection'));
    if (at === -1) continue;
    const message = `has delete without deletecollection, which ${field}.rules[${at}] gives`;
    ctx.addIssue({ code: 'custom', path: ['budgets', index, 'verbs'], message });
    return;
  }
}

type Spec = z.infer<typeof spec>;

export const AgentPolicySpec = spec.superRefine(checkCollections);

export const AgentPolicy = z.strictObject({
  apiVersion: z.literal('chaperone.dev/v1alpha1'),
  kind: z.literal('AgentPolicy'),
  metadata,
  spec: AgentPolicySpec,
  status: z.strictObject({ conditions: conditions.optional() }).optional(),
});

export type AgentPolicy = z.infer<typeof AgentPolicy>;
export type Scope = z.infer<typeof scope>;
