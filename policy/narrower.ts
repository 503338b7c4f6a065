// What a Grant gives: its scope, or less. A Grant that asks for more than its scope gives nothing at all, and says why.
import { parseDuration } from './duration.ts';
import type { AgentPolicy, Scope } from './kinds/agent-policy.ts';
import type { Grant } from './kinds/grant.ts';
import { permitsWithin } from './kinds/pod-spec.ts';
import type { Rule } from './kinds/rule.ts';
import { streamWithin } from './stream-rule.ts';

export type Gift =
  | { readonly kind: 'gives'; readonly rules: readonly Rule[]; readonly durationMs: number }
  /** `field` and `why` make one line, as in kinds/parse.ts. */
  | { readonly kind: 'nothing'; readonly field: string; readonly why: string };

/** Judges a Grant against the policy that it names (same namespace and name: the caller has looked it up). */
export function giftOf(grant: Grant, policy: AgentPolicy): Gift {
  const { scope: wanted, rules, duration } = grant.spec;
  const scope = policy.spec.scopes?.find(({ name }) => name === wanted);
  if (scope === undefined)
    return nothing('spec.scope', `AgentPolicy ${policy.metadata.name} has no scope ${wanted}`);
  const durationMs = parseDuration(duration);
  const maxMs = parseDuration(scope.maxDuration);
  if (durationMs === undefined || maxMs === undefined || durationMs > maxMs)
    return nothing('spec.duration', `is more than the ${scope.maxDuration} of scope ${wanted}`);
  const beyond = rules?.findIndex((rule) => !liesWithin(rule, scope)) ?? -1;
  if (beyond !== -1) return nothing(`spec.rules[${beyond}]`, `lies within no rule of scope ${wanted}`);
  return { kind: 'gives', rules: rules ?? scope.rules, durationMs };
}

const nothing = (field: string, why: string): Gift => ({ kind: 'nothing', field, why });

const liesWithin = (rule: Rule, scope: Scope) => scope.rules.some((outer) => isNarrower(rule, outer));

/** Everything `inner` covers, and shows, `outer` does too. */
export function isNarrower(inner: Rule, outer: Rule): boolean {
  return (
    hasPlaceWithin(inner, outer) &&
    isSubset(inner.apiGroups ?? [], outer.apiGroups ?? []) &&
    isSubset(inner.resources ?? [], outer.resources ?? []) &&
    isSubset(inner.verbs, outer.verbs) &&
    (outer.resourceNames === undefined ||
      (inner.resourceNames !== undefined && isSubset(inner.resourceNames, outer.resourceNames))) &&
    (inner.reveal === undefined || outer.reveal === true) &&
    permitsWithin(inner.podSpec, outer.podSpec) &&
    streamWithin(inner, outer) &&
    (inner.filter === undefined || outer.filter === true || outer.resourceNames === undefined)
  );
}

/** `allNamespaces` holds any list of namespaces, and nothing else holds it. */
function hasPlaceWithin(inner: Rule, outer: Rule): boolean {
  if (inner.allNamespaces || inner.clusterScoped)
    return inner.allNamespaces === outer.allNamespaces && inner.clusterScoped === outer.clusterScoped;
  if (inner.nonResourceURLs !== undefined)
    return isSubset(inner.nonResourceURLs, outer.nonResourceURLs ?? []);
  return outer.allNamespaces === true || isSubset(inner.namespaces ?? [], outer.namespaces ?? []);
}

const isSubset = (inner: readonly string[], outer: readonly string[]) =>
  inner.every((each) => outer.includes(each));
