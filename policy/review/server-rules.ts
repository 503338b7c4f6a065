// What the API server lists for its own credential, and whether one thing is in it: matched as RBAC matches
// (k8s.io/kubernetes/pkg/apis/rbac/v1/evaluation_helpers.go, 1.36).
import * as z from 'zod';
import type { Attributes } from './question.ts';

const texts = z
  .array(z.string())
  .nullish()
  .transform((it) => it ?? []);

/** authorization.k8s.io/v1 SubjectRulesReviewStatus, as far as it is read. */
export const RulesStatus = z.object({
  resourceRules: z
    .array(z.object({ verbs: texts, apiGroups: texts, resources: texts, resourceNames: texts }))
    .nullish()
    .transform((it) => it ?? []),
  nonResourceRules: z
    .array(z.object({ verbs: texts, nonResourceURLs: texts }))
    .nullish()
    .transform((it) => it ?? []),
  incomplete: z.boolean(),
  evaluationError: z.string().optional(),
});

export type RulesStatus = z.infer<typeof RulesStatus>;
export type ResourceRule = RulesStatus['resourceRules'][number];
export type NonResourceRule = RulesStatus['nonResourceRules'][number];

/** The names for which it is allowed: `every` object, or these few. */
export function allowedNames(
  rules: readonly ResourceRule[],
  asked: Pick<Attributes, 'verb' | 'apiGroup' | 'resource' | 'subresource'>,
): 'every' | ReadonlySet<string> {
  const names = new Set<string>();
  for (const rule of rules) {
    if (!has(rule.verbs, asked.verb) || !has(rule.apiGroups, asked.apiGroup)) continue;
    if (!hasResource(rule.resources, asked)) continue;
    if (rule.resourceNames.length === 0) return 'every';
    for (const name of rule.resourceNames) names.add(name);
  }
  return names;
}

/** What is in both: each of two paths may end in a star, which stands for all that begins like it. */
export function sharedPath(some: string, other: string): string | undefined {
  if (isWithin(some, other)) return some;
  return isWithin(other, some) ? other : undefined;
}

const isWithin = (path: string, all: string): boolean =>
  path === all || (all.endsWith('*') && path.startsWith(all.slice(0, -1)));

export const has = (all: readonly string[], one: string): boolean => all.includes('*') || all.includes(one);

function hasResource(
  resources: readonly string[],
  { resource, subresource }: Pick<Attributes, 'resource' | 'subresource'>,
): boolean {
  if (subresource === undefined) return has(resources, resource);
  return has(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}
