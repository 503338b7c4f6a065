// Rules of agents whose requests are meant to get through.
import type { Rule } from '../../policy/kinds/rule.ts';

const ALL_VERBS: Rule['verbs'] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const READ_VERBS: Rule['verbs'] = ['get', 'list', 'watch'];

/** Rules under which nearly everything is permitted; Secrets are read. */
export const widely = (namespace: string): Rule[] => [
  {
    namespaces: [namespace],
    apiGroups: [''],
    resources: ['configmaps', 'pods', 'services'],
    verbs: ALL_VERBS,
  },
  { namespaces: [namespace], apiGroups: [''], resources: ['secrets', 'pods/log'], verbs: READ_VERBS },
  { namespaces: [namespace], apiGroups: ['apps'], resources: ['deployments'], verbs: ALL_VERBS },
];

/** The same, and Secrets are written too. */
export const widelyWithSecrets = (namespace: string): Rule[] => [
  ...widely(namespace),
  {
    namespaces: [namespace],
    apiGroups: [''],
    resources: ['secrets'],
    verbs: ['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  },
];
