// All that an agent's policy could allow in one namespace at this moment, one by one: what its live rules name, and what
// needs no rule. Whether it does allow it is for decide to say.
import { DISCOVERY_PATHS } from '../discovery.ts';
import type { Entitlements } from '../entitlements.ts';
import type { Rule } from '../kinds/rule.ts';
import type { Attributes } from './question.ts';

export type Candidate =
  | ({ readonly kind: 'resource' } & Attributes)
  /** The path may end in a star. */
  | { readonly kind: 'path'; readonly verb: string; readonly path: string };

const SELF_REVIEWS = [
  ['authentication.k8s.io', 'selfsubjectreviews'],
  ['authorization.k8s.io', 'selfsubjectaccessreviews'],
  ['authorization.k8s.io', 'selfsubjectrulesreviews'],
] as const;

const NOTHING_NAMED = { subresource: undefined, namespace: undefined, name: undefined };

/** In the order of the rules, the strongest first; some may come twice. */
export function* candidatesIn(
  namespace: string,
  entitlements: Entitlements,
  nowMs: number,
): Generator<Candidate> {
  for (const path of DISCOVERY_PATHS) for (const verb of ['get', 'head']) yield { kind: 'path', verb, path };
  for (const [apiGroup, resource] of SELF_REVIEWS)
    yield { ...NOTHING_NAMED, kind: 'resource', verb: 'create', apiGroup, resource };
  const { held } = entitlements;
  if (held.kind !== 'policy') return;
  for (const { rule, until } of held.holdings.entries)
    if (nowMs < until && reaches(rule, namespace)) yield* ofRule(rule, namespace);
}

const reaches = ({ namespaces }: Rule, namespace: string): boolean =>
  namespaces === undefined || namespaces.includes(namespace);

function* ofRule(rule: Rule, namespace: string): Generator<Candidate> {
  for (const path of rule.nonResourceURLs ?? [])
    for (const verb of rule.verbs) yield { kind: 'path', verb, path };
  const place = rule.clusterScoped === true ? undefined : namespace;
  for (const apiGroup of rule.apiGroups ?? [])
    for (const each of rule.resources ?? []) {
      const [resource = '', subresource] = each.split('/');
      for (const verb of verbsOf(rule))
        for (const name of rule.resourceNames ?? [undefined])
          yield { kind: 'resource', verb, apiGroup, resource, subresource, namespace: place, name };
    }
}

/** A PUT also asks for create: one that is given for some names may be all that lets these be updated. */
const verbsOf = ({ verbs, resourceNames }: Rule): Iterable<string> =>
  resourceNames !== undefined && verbs.includes('create') ? new Set([...verbs, 'update']) : verbs;
