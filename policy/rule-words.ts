// A rule in the words of a sentence: `get, list of pods, pods/log in namespace shop`. Long lists are cut short.
import type { NeverRule } from './kinds/rule.ts';
import { listed } from './quoting.ts';

/** `of` narrows what is told to one of the rule's resources. */
export function ruleWords(rule: NeverRule, of?: string): string {
  const { verbs, nonResourceURLs, apiGroups = [], resources = [], resourceNames } = rule;
  if (nonResourceURLs !== undefined) return `${verbs.join(', ')} of ${listed(nonResourceURLs)}`;
  const groups = apiGroups.filter((group) => group !== '');
  const told = of === undefined ? resources : [of];
  const group = groups.length === 0 ? '' : ` of group ${listed(apiGroups.map((each) => each || 'core'))}`;
  const names = resourceNames === undefined ? '' : ` named ${listed(resourceNames, 4)}`;
  return `${verbs.join(', ')} of ${listed(told)}${group}${names}${place(rule)}`;
}

function place({ namespaces, allNamespaces, clusterScoped }: NeverRule): string {
  if (namespaces !== undefined) return ` in namespace ${listed(namespaces)}`;
  if (allNamespaces === true) return ' in every namespace';
  return clusterScoped === true ? ' (cluster-scoped)' : '';
}
