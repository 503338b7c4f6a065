// The paths of what the controller reads and writes, in one table, so that a name is escaped in one place.

const GROUPS = {
  namespaces: '/api/v1',
  pods: '/api/v1',
  serviceaccounts: '/api/v1',
  services: '/api/v1',
  secrets: '/api/v1',
  configmaps: '/api/v1',
  events: '/api/v1',
  replicasets: '/apis/apps/v1',
  jobs: '/apis/batch/v1',
  leases: '/apis/coordination.k8s.io/v1',
  agentpolicies: '/apis/chaperone.dev/v1alpha1',
  grants: '/apis/chaperone.dev/v1alpha1',
  tokenreviews: '/apis/authentication.k8s.io/v1',
  selfsubjectreviews: '/apis/authentication.k8s.io/v1',
  subjectaccessreviews: '/apis/authorization.k8s.io/v1',
  mutatingwebhookconfigurations: '/apis/admissionregistration.k8s.io/v1',
  validatingwebhookconfigurations: '/apis/admissionregistration.k8s.io/v1',
  validatingadmissionpolicies: '/apis/admissionregistration.k8s.io/v1',
  validatingadmissionpolicybindings: '/apis/admissionregistration.k8s.io/v1',
} as const;

export type Resource = keyof typeof GROUPS;

export interface Place {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: 'status';
  readonly query?: Readonly<Record<string, string>>;
}

/** `pathOf('pods', { namespace, name })`; without a namespace, across them all or of a cluster-scoped resource. */
export function pathOf(resource: Resource, { namespace, name, subresource, query }: Place = {}): string {
  const parts = [
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  const path = `${GROUPS[resource]}/${parts.map(encodeURIComponent).join('/')}`;
  return query === undefined ? path : `${path}?${new URLSearchParams(query)}`;
}
