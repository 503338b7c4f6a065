// Whether a rule covers a request (it gives access: everything about the request must be named), whether it touches one
// (it takes access away: what the request might reach is enough), and whether one that takes meets one that gives.
import type { ApiRequest, ResourceRequest } from './api-request.ts';
import type { NeverRule, Rule } from './kinds/rule.ts';
import { streamKindOf } from './stream-options.ts';
import { givesStream, isStream, streamKindOfRule } from './stream-rule.ts';

/**
 * A rule that gives: verb, group, resource with its subresource, place and, where the rule has resourceNames, a known name;
 * of exec, attach and port-forward also what they reach in the pod.
 * So `list` under resourceNames needs a fieldSelector that names the object, and `create` is never covered
 * (RBAC: k8s.io/kubernetes/pkg/apis/rbac/v1/evaluation_helpers.go).
 */
export function covers(rule: Rule, request: ApiRequest): boolean {
  // With a slash at its end it is another path (docs/decisions/0015).
  if (request.kind === 'nonResource') return asksFor(rule, request, request.path);
  if (!coversPod(rule, request)) return false;
  if (streamKindOf(request.apiGroup, ruleKey(request)) === undefined) return true;
  return request.stream !== undefined && givesStream(rule, request.stream);
}

/** `covers` but for what a stream reaches in its pod. */
export function coversPod(rule: Rule, request: ResourceRequest): boolean {
  // Of many rules for one resource the place and the name part most: they are looked at first.
  return isWithin(rule, request) && namesObject(rule, request.name) && asksFor(rule, request);
}

/** A rule with `filter`, for a list or watch that names no object: it gives so much of it as its resourceNames name. */
export function coversPart(rule: Rule, request: ApiRequest): boolean {
  if (request.kind === 'nonResource' || request.name !== undefined || rule.filter === undefined) return false;
  const lists = request.verb === 'list' || request.verb === 'watch';
  return lists && isWithin(rule, request) && asksFor(rule, request);
}

/** Whichever way a client asks for a stream: what takes one of these verbs takes it. */
const TAKING_STREAMS = ['create', 'get'];

/**
 * A rule that takes: also touched by what reaches beyond its namespaces (a list across all of them), by what may reach its
 * objects without naming one (a list, a create, a deletecollection) and by its path with a slash at the end, which discovery takes. `shown` are the names that a list reaches at most.
 */
export function touches(rule: NeverRule, request: ApiRequest, shown?: readonly string[]): boolean {
  const verbs = isStream(request) ? TAKING_STREAMS : [request.verb];
  if (!verbs.some((verb) => asksFor(rule, request, ruleKey(request), verb))) return false;
  if (request.kind === 'nonResource') return true;
  const names = request.name === undefined ? shown : [request.name];
  return reaches(rule, request) && (names === undefined || names.some((name) => namesObject(rule, name)));
}

/** Whether a rule that takes may take of what another gives, where both name the same resource or path. */
export function meets(rule: NeverRule, ban: NeverRule): boolean {
  return (
    (share(rule.verbs, ban.verbs) || (streamKindOfRule(rule) !== undefined && ban.verbs.includes('get'))) &&
    share(rule.apiGroups, ban.apiGroups) &&
    share(rule.namespaces, ban.namespaces) &&
    share(rule.resourceNames, ban.resourceNames)
  );
}

/**
 * The name a rule knows a resource by: `pods/log`; where there is none the path, which no rule writes with a slash at its end.
 * Rules are indexed by it.
 */
export function ruleKey(request: ApiRequest): string {
  if (request.kind === 'nonResource') return request.path.replace(/(?<=.)\/$/, '');
  const { resource, subresource } = request;
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

function asksFor(
  rule: NeverRule,
  request: ApiRequest,
  key: string = ruleKey(request),
  verb: string = request.verb,
): boolean {
  if (!(rule.verbs as readonly string[]).includes(verb)) return false;
  if (request.kind === 'nonResource') return rule.nonResourceURLs?.includes(key) ?? false;
  return (rule.apiGroups?.includes(request.apiGroup) ?? false) && (rule.resources?.includes(key) ?? false);
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

/** What is not limited shares with everything. */
const share = (some: readonly string[] | undefined, others: readonly string[] | undefined) =>
  some === undefined || others === undefined || some.some((each) => others.includes(each));
