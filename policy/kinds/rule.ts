// One rule of an AgentPolicy or a Grant. A rule says where it holds in exactly one way; there is no wildcard.
// What would be an escalation by breadth cannot be written: protected resources everywhere, closed resources unnamed.
import * as z from 'zod';
import { closureOf } from '../closed.ts';
import { liesInNamespaces } from '../namespaced.ts';
import { apiGroup, label, nonResourcePath, objectName, resource } from './words.ts';

/** The verbs of RequestInfo; `head` is for nonResourceURLs alone. */
const verb = z.enum([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'head',
]);
const NON_RESOURCE_VERBS = new Set<string>(['get', 'head']);

const fields = {
  namespaces: z.array(label).min(1).max(64).optional().describe('The namespaces it holds in.'),
  allNamespaces: z
    .literal(true)
    .optional()
    .describe('It holds in every namespace, and for lists across them; never for protected resources.'),
  clusterScoped: z.literal(true).optional().describe('It holds for resources that lie in no namespace.'),
  nonResourceURLs: z
    .array(nonResourcePath)
    .min(1)
    .max(32)
    .optional()
    .describe('It holds for exactly these paths, which are no resources.'),
  apiGroups: z.array(apiGroup).min(1).max(8).optional().describe('API groups; "" is the core group.'),
  resources: z
    .array(resource)
    .min(1)
    .max(32)
    .optional()
    .describe('Resources, and subresources by their full name.'),
  resourceNames: z
    .array(objectName)
    .min(1)
    .max(64)
    .optional()
    .describe('Only these objects; a list or watch then has to name one by fieldSelector.'),
  verbs: z.array(verb).min(1).max(9).describe('Verbs of the Kubernetes API.'),
};

const SCOPES = ['namespaces', 'allNamespaces', 'clusterScoped', 'nonResourceURLs'] as const;

/** CEL of what `checkShape` says first, so that a server without our webhook refuses it too. */
const validations = {
  'x-kubernetes-validations': [
    {
      rule: `[${SCOPES.map((scope) => `has(self.${scope})`).join(', ')}].filter(x, x).size() == 1`,
      message: `a rule has exactly one of ${SCOPES.join(', ')}`,
    },
  ],
};

/** A rule of `never`: as broad as one likes, since it only takes away. */
export const NeverRule = z.strictObject(fields).meta(validations).superRefine(checkShape);

/** A rule that gives access. */
export const Rule = z
  .strictObject({
    ...fields,
    reveal: z
      .literal(true)
      .optional()
      .describe('Show the real values of these Secrets; only for get by name.'),
  })
  .meta(validations)
  .superRefine((rule, ctx) => {
    checkShape(rule, ctx);
    checkScope(rule, ctx);
    checkProtected(rule, ctx);
    checkReveal(rule, ctx);
    checkClosed(rule, ctx);
  });

export type NeverRule = z.infer<typeof NeverRule>;
export type Rule = z.infer<typeof Rule>;

type Issues = z.core.$RefinementCtx;
const complain = (ctx: Issues, field: string, message: string) =>
  ctx.addIssue({ code: 'custom', path: [field], message });

function checkShape(rule: NeverRule, ctx: Issues): void {
  const [first, second] = SCOPES.filter((scope) => rule[scope] !== undefined);
  if (first === undefined) complain(ctx, 'namespaces', `is missing: a rule has one of ${SCOPES.join(', ')}`);
  if (second !== undefined)
    complain(ctx, second, `does not go with ${first}: a rule has one of ${SCOPES.join(', ')}`);
  if (rule.nonResourceURLs === undefined) {
    for (const field of ['apiGroups', 'resources'] as const)
      if (rule[field] === undefined) complain(ctx, field, 'is missing');
    if (rule.verbs.includes('head')) complain(ctx, 'verbs', 'has head, which only nonResourceURLs know');
    return;
  }
  for (const field of ['apiGroups', 'resources', 'resourceNames'] as const)
    if (rule[field] !== undefined) complain(ctx, field, 'does not go with nonResourceURLs');
  if (!rule.verbs.every((each) => NON_RESOURCE_VERBS.has(each)))
    complain(ctx, 'verbs', 'has a verb that nonResourceURLs do not take (get and head)');
}

/** What lies in namespaces says which; `clusterScoped` would list it across all of them. */
function checkScope(rule: Rule, ctx: Issues): void {
  if (rule.clusterScoped === undefined) return;
  for (const group of rule.apiGroups ?? [])
    for (const each of rule.resources ?? [])
      if (liesInNamespaces(group, each)) {
        complain(ctx, 'clusterScoped', `does not go with ${each}, which lie in namespaces: name them`);
        return;
      }
}

/** Protected resources are given namespace by namespace. */
function checkProtected(rule: Rule, ctx: Issues): void {
  if (rule.allNamespaces && rule.apiGroups?.includes('') && rule.resources?.includes('secrets'))
    complain(ctx, 'allNamespaces', 'does not go with secrets: name the namespaces');
}

function checkReveal(rule: Rule, ctx: Issues): void {
  if (rule.reveal === undefined) return;
  const only = (list: readonly string[] | undefined, one: string) => list?.length === 1 && list[0] === one;
  if (!only(rule.apiGroups, '') || !only(rule.resources, 'secrets') || !only(rule.verbs, 'get'))
    complain(ctx, 'reveal', 'goes only with apiGroups [""], resources [secrets] and verbs [get]');
  else if (rule.resourceNames === undefined)
    complain(ctx, 'reveal', 'needs resourceNames: which Secrets are shown');
}

/** The closed list (closed.ts): what is never, and what needs resourceNames. The first thing wrong is enough. */
function checkClosed(rule: Rule, ctx: Issues): void {
  for (const group of rule.apiGroups ?? [])
    for (const each of rule.resources ?? [])
      for (const verb of rule.verbs) {
        const closure = closureOf(group, each, verb);
        const isOpen =
          closure === undefined || (closure.openness === 'named' && rule.resourceNames !== undefined);
        if (isOpen) continue;
        if (closure.openness === 'never')
          complain(ctx, 'verbs', `has ${verb} for ${each}, which is on the closed list: ${closure.why}`);
        else complain(ctx, 'resourceNames', `is missing: ${each} is on the closed list (${closure.why})`);
        return;
      }
}
