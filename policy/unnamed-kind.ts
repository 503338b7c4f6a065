// A write of a kind that is not built in, and that nothing in the policy gives to be written: it may carry a pod template, and
// whoever runs it would give the agent a pod that no workload guard knows. Observe must not be the first to let it through.
import type { ApiRequest } from './api-request.ts';
import type { Policy } from './entitlements.ts';
import { KEEPING } from './guard/workload-kinds.ts';
import type { NeverRule } from './kinds/rule.ts';
import { isBuiltIn } from './namespaced.ts';
import { ruleKey } from './rule.ts';
import { findByKey } from './rule-index.ts';

/** Whether it is such a write. A rule names the kind by its group and its resource, in whatever place, and by one such verb. */
export function unnamedKind(request: ApiRequest, { holdings, offers }: Policy): boolean {
  if (request.kind === 'nonResource' || !KEEPING.has(request.verb)) return false;
  const { apiGroup, resource } = request;
  if (isBuiltIn(apiGroup, resource)) return false;
  const key = ruleKey(request);
  const names = ({ rule }: { readonly rule: NeverRule }) =>
    rule.verbs.some((verb) => KEEPING.has(verb)) &&
    rule.apiGroups?.includes(apiGroup) === true &&
    rule.resources?.includes(key) === true;
  return findByKey(holdings, key, names) === undefined && findByKey(offers, key, names) === undefined;
}
