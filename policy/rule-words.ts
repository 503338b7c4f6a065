// A rule in the words of a sentence: `get, list of pods, pods/log in namespace shop`. Long lists are cut short.
import type { NeverRule, Rule } from './kinds/rule.ts';
import { listed, listedCommands } from './quoting.ts';

/** `of` narrows what is told to one of the rule's resources. */
export function ruleWords(rule: Rule, of?: string): string {
  const { verbs, nonResourceURLs, apiGroups = [], resources = [], resourceNames } = rule;
  if (nonResourceURLs !== undefined) return `${verbs.join(', ')} of ${listed(nonResourceURLs)}`;
  const groups = apiGroups.filter((group) => group !== '');
  const told = of === undefined ? resources : [of];
  const group = groups.length === 0 ? '' : ` of group ${listed(apiGroups.map((each) => each || 'core'))}`;
  const names = resourceNames === undefined ? '' : ` named ${listed(resourceNames, 4)}`;
  return `${verbs.join(', ')} of ${listed(told)}${group}${names}${inside(rule)}${place(rule)}`;
}

/** What a stream reaches in the pod. */
function inside({ containers, commands, ports }: Rule): string {
  const parts = [
    containers && `container ${listed(containers, 4)}`,
    commands && `what begins with: ${listedCommands(commands, 4)}`,
    ports && `port ${listed(ports.map(String), 4)}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function place({ namespaces, allNamespaces, clusterScoped }: NeverRule): string {
  if (namespaces !== undefined) return ` in namespace ${listed(namespaces)}`;
  if (allNamespaces === true) return ' in every namespace';
  return clusterScoped === true ? ' (cluster-scoped)' : '';
}
