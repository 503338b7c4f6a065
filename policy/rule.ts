// Whether a rule covers a request (it gives access: everything about the request must be named), and whether it touches
// one (it takes access away: what the request might reach is enough).
import type { ApiRequest, ResourceRequest } from './api-request.ts';
import type { NeverRule, Rule } from './kinds/rule.ts';

/**
 * A rule that gives: verb, group, resource with its subresource, place and, where the rule has resourceNames, a known name.
 * So `list` under resourceNames needs a fieldSelector that names the object, and `create` is never covered
 * (RBAC: k8s.io/kubernetes/pkg/apis/rbac/v1/evaluation_helpers.go).
 */
export function covers(rule: Rule, request: ApiRequest): boolean {
  return (
    asksFor(rule, request) &&
    (request.kind === 'nonResource' || (isWithin(rule, request) && namesObject(rule, request.name)))
  );
}

/**
 * A rule that takes: also touched by what reaches beyond its namespaces (a list across all of them) and by what may reach
 * its objects without naming one (a list, a create, a deletecollection).
 */
export function touches(rule: NeverRule, request: ApiRequest): boolean {
  if (!asksFor(rule, request)) return false;
  if (request.kind === 'nonResource') return true;
  return reaches(rule, request) && (request.name === undefined || namesObject(rule, request.name));
}

/** The name a rule knows a resource by: `pods/log`; the path where there is none. Rules are indexed by it. */
export function ruleKey(request: ApiRequest): string {
  if (request.kind === 'nonResource') return request.path;
  const { resource, subresource } = request;
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

function asksFor(rule: NeverRule, request: ApiRequest): boolean {
  if (!(rule.verbs as readonly string[]).includes(request.verb)) return false;
  if (request.kind === 'nonResource') return rule.nonResourceURLs?.includes(request.path) ?? false;
  return (
    (rule.apiGroups?.includes(request.apiGroup) ?? false) &&
    (rule.resources?.includes(ruleKey(request)) ?? false)
  );
}

/**
 * Without a namespace, only a list or watch can be one across all namespaces; the rest is a cluster-scoped object.
 * RequestInfo gives a namespace object the namespace of its own name; it is cluster-scoped all the same.
 */
function isWithin(rule: Rule, request: ResourceRequest): boolean {
  if (request.namespace !== undefined && request.resource !== 'namespaces')
    return rule.allNamespaces === true || (rule.namespaces?.includes(request.namespace) ?? false);
  const acrossAll = rule.allNamespaces === true && (request.verb === 'list' || request.verb === 'watch');
  return rule.clusterScoped === true || (acrossAll && request.resource !== 'namespaces');
}

function reaches(rule: NeverRule, { namespace, resource }: ResourceRequest): boolean {
  if (namespace === undefined || rule.allNamespaces === true) return true;
  return (
    (rule.namespaces?.includes(namespace) ?? false) ||
    (rule.clusterScoped === true && resource === 'namespaces')
  );
}

const namesObject = (rule: NeverRule, name: string | undefined) =>
  rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name));
