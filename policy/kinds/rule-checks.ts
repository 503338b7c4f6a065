// What of a rule no field says by itself: where it holds in exactly one way, and what would be an escalation by breadth. Each
// complaint names the field that is wrong.
import type * as z from 'zod';
import { closureOf } from '../closed.ts';
import { liesInNamespaces } from '../namespaced.ts';
import { misplaced } from './pod-spec.ts';
import type { NeverRule, Rule } from './rule.ts';
import { streamComplaint } from './stream-rule.ts';

/** The ways to say where a rule holds. */
export const PLACES = ['namespaces', 'allNamespaces', 'clusterScoped', 'nonResourceURLs'] as const;

const NON_RESOURCE_VERBS = new Set<string>(['get', 'head']);

type Issues = z.core.$RefinementCtx;

const complain = (ctx: Issues, field: string, message: string) =>
  ctx.addIssue({ code: 'custom', path: [field], message });

export function checkShape(rule: NeverRule, ctx: Issues): void {
  const [first, second] = PLACES.filter((scope) => rule[scope] !== undefined);
  if (first === undefined) complain(ctx, 'namespaces', `is missing: a rule has one of ${PLACES.join(', ')}`);
  if (second !== undefined)
    complain(ctx, second, `does not go with ${first}: a rule has one of ${PLACES.join(', ')}`);
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
export function checkScope(rule: Rule, ctx: Issues): void {
  if (rule.clusterScoped === undefined) return;
  for (const group of rule.apiGroups ?? [])
    for (const each of rule.resources ?? [])
      if (liesInNamespaces(group, each)) {
        complain(ctx, 'clusterScoped', `does not go with ${each}, which lie in namespaces: name them`);
        return;
      }
}

/** A deletecollection names no object, so that no rule with names could ever let one through: who wrote it meant delete. */
export function checkNames(rule: Rule, ctx: Issues): void {
  if (rule.resourceNames !== undefined && rule.verbs.includes('deletecollection'))
    complain(
      ctx,
      'verbs',
      'has deletecollection, which names no object and so does not go with resourceNames',
    );
}

/** Protected resources are given namespace by namespace. */
export function checkProtected(rule: Rule, ctx: Issues): void {
  if (rule.allNamespaces && rule.apiGroups?.includes('') && rule.resources?.includes('secrets'))
    complain(ctx, 'allNamespaces', 'does not go with secrets: name the namespaces');
}

export function checkReveal(rule: Rule, ctx: Issues): void {
  if (rule.reveal === undefined) return;
  const only = (list: readonly string[] | undefined, one: string) => list?.length === 1 && list[0] === one;
  if (!only(rule.apiGroups, '') || !only(rule.resources, 'secrets') || !only(rule.verbs, 'get'))
    complain(ctx, 'reveal', 'goes only with apiGroups [""], resources [secrets] and verbs [get]');
  else if (rule.resourceNames === undefined)
    complain(ctx, 'reveal', 'needs resourceNames: which Secrets are shown');
}

/** What a list shows must be known beforehand: which objects, each in one place. */
export function checkFilter(rule: Rule, ctx: Issues): void {
  if (rule.filter === undefined) return;
  if (rule.resourceNames === undefined)
    complain(ctx, 'filter', 'needs resourceNames: which objects are shown');
  else if (!rule.verbs.includes('list') && !rule.verbs.includes('watch'))
    complain(ctx, 'filter', 'goes only with the verbs list and watch');
  else if (rule.allNamespaces)
    complain(
      ctx,
      'filter',
      'does not go with allNamespaces, where a name is no one object: name the namespaces',
    );
}

export function checkPodSpec(rule: Rule, ctx: Issues): void {
  const why = misplaced(rule);
  if (why !== undefined) complain(ctx, 'podSpec', why);
}

export function checkStream(rule: Rule, ctx: Issues): void {
  const complaint = streamComplaint(rule);
  if (complaint !== undefined) complain(ctx, complaint.field, complaint.why);
}

/** The closed list (closed.ts): what is never, and what needs resourceNames. The first thing wrong is enough. */
export function checkClosed(rule: Rule, ctx: Issues): void {
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
