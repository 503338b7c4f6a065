import { expect, test } from 'vitest';
import { closureOf } from './closed.ts';

test.each([
  ['rbac.authorization.k8s.io', 'roles', 'create', 'never'],
  ['rbac.authorization.k8s.io', 'clusterrolebindings', 'patch', 'never'],
  ['rbac.authorization.k8s.io', 'rolebindings', 'get', 'named'],
  ['rbac.authorization.k8s.io', 'anything-new', 'update', 'never'],
  ['', 'serviceaccounts', 'get', 'named'],
  ['', 'serviceaccounts', 'update', 'never'],
  ['', 'serviceaccounts/token', 'create', 'never'],
  ['', 'serviceaccounts/token', 'get', 'never'],
  ['authentication.k8s.io', 'tokenreviews', 'create', 'never'],
  ['authorization.k8s.io', 'subjectaccessreviews', 'create', 'never'],
  ['certificates.k8s.io', 'certificatesigningrequests', 'create', 'never'],
  ['certificates.k8s.io', 'certificatesigningrequests/approval', 'update', 'never'],
  ['certificates.k8s.io', 'clustertrustbundles', 'patch', 'never'],
  ['apiextensions.k8s.io', 'customresourcedefinitions', 'delete', 'never'],
  ['apiregistration.k8s.io', 'apiservices', 'update', 'never'],
  ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'patch', 'never'],
  ['admissionregistration.k8s.io', 'validatingadmissionpolicies', 'list', 'named'],
  ['', 'namespaces', 'patch', 'never'],
  ['', 'namespaces/finalize', 'update', 'never'],
  ['', 'namespaces', 'list', 'named'],
  ['', 'nodes', 'list', 'named'],
  ['', 'nodes', 'patch', 'never'],
  ['', 'nodes/proxy', 'get', 'never'],
  ['', 'nodes/status', 'patch', 'never'],
  ['', 'persistentvolumes', 'create', 'never'],
  ['storage.k8s.io', 'csidrivers', 'update', 'never'],
  ['flowcontrol.apiserver.k8s.io', 'flowschemas', 'create', 'never'],
  ['', 'pods/exec', 'create', 'named'],
  ['', 'pods/exec', 'get', 'named'],
  ['', 'pods/attach', 'create', 'named'],
  ['', 'pods/portforward', 'create', 'named'],
  ['', 'pods/proxy', 'get', 'named'],
  ['', 'services/proxy', 'create', 'named'],
  ['chaperone.dev', 'agentpolicies', 'update', 'never'],
  ['chaperone.dev', 'grants', 'create', 'never'],
  ['chaperone.dev', 'grants/status', 'patch', 'never'],
  ['chaperone.dev', 'grants', 'get', 'named'],
  // What no one has heard of yet counts as a write.
  ['chaperone.dev', 'grants', 'proxy', 'never'],
])('%s %s %s is open: %s', (group, resource, verb, openness) => {
  expect(closureOf(group, resource, verb)?.openness).toBe(openness);
});

test.each([
  ['', 'pods', 'delete'],
  ['', 'pods/log', 'get'],
  ['', 'services', 'get'],
  ['', 'secrets', 'get'],
  ['metrics.k8s.io', 'nodes', 'list'],
  ['apps', 'deployments', 'patch'],
  ['storage.k8s.io', 'storageclasses', 'list'],
  ['', 'roles', 'create'],
])('%s %s %s is left to the rules', (group, resource, verb) => {
  expect(closureOf(group, resource, verb)).toBeUndefined();
});
