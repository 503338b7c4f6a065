// The built-in resources that lie in namespaces. A rule with `clusterScoped` must not name them: their lists across all
// namespaces have the URLs of a cluster-scoped kind. For kinds that are not built in nobody here can know.
// Source: `kubectl api-resources --namespaced` of Kubernetes 1.36.

const NAMESPACED: Readonly<Record<string, readonly string[]>> = {
  '': [
    'bindings',
    'configmaps',
    'endpoints',
    'events',
    'limitranges',
    'persistentvolumeclaims',
    'pods',
    'podtemplates',
    'replicationcontrollers',
    'resourcequotas',
    'secrets',
    'serviceaccounts',
    'services',
  ],
  apps: ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  'authorization.k8s.io': ['localsubjectaccessreviews'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'coordination.k8s.io': ['leasecandidates', 'leases'],
  'discovery.k8s.io': ['endpointslices'],
  'events.k8s.io': ['events'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'rbac.authorization.k8s.io': ['rolebindings', 'roles'],
  'resource.k8s.io': ['resourceclaims', 'resourceclaimtemplates'],
  'scheduling.k8s.io': ['workloads'],
  'storage.k8s.io': ['csistoragecapacities'],
  'chaperone.dev': ['agentpolicies', 'grants'],
};

/** Whether a built-in resource, `pods/log` for a subresource, is known to lie in namespaces. */
export function liesInNamespaces(apiGroup: string, resource: string): boolean {
  return (
    Object.hasOwn(NAMESPACED, apiGroup) &&
    NAMESPACED[apiGroup]?.includes(resource.split('/', 1)[0] ?? '') === true
  );
}
