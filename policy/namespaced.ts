// Which built-in resources lie in namespaces, and which in none. A rule with `clusterScoped` must not name the former: their
// lists across all namespaces have the URLs of a cluster-scoped kind. For kinds that are not built in nobody here can know.
// Source: `kubectl api-resources` of Kubernetes 1.36, and what is not on by default in its pkg/registry/*/rest.

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
  'certificates.k8s.io': ['podcertificaterequests'],
  'coordination.k8s.io': ['leasecandidates', 'leases'],
  'discovery.k8s.io': ['endpointslices'],
  'events.k8s.io': ['events'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'rbac.authorization.k8s.io': ['rolebindings', 'roles'],
  'resource.k8s.io': ['resourceclaims', 'resourceclaimtemplates'],
  'scheduling.k8s.io': ['podgroups', 'workloads'],
  'storage.k8s.io': ['csistoragecapacities'],
  'chaperone.dev': ['agentpolicies', 'grants'],
};

const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  '': ['componentstatuses', 'namespaces', 'nodes', 'persistentvolumes'],
  'admissionregistration.k8s.io': [
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'validatingwebhookconfigurations',
  ],
  'apiextensions.k8s.io': ['customresourcedefinitions'],
  'apiregistration.k8s.io': ['apiservices'],
  'authentication.k8s.io': ['selfsubjectreviews', 'tokenreviews'],
  'authorization.k8s.io': ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews'],
  'certificates.k8s.io': ['certificatesigningrequests', 'clustertrustbundles'],
  'flowcontrol.apiserver.k8s.io': ['flowschemas', 'prioritylevelconfigurations'],
  'internal.apiserver.k8s.io': ['storageversions'],
  'networking.k8s.io': ['ingressclasses', 'ipaddresses', 'servicecidrs'],
  'node.k8s.io': ['runtimeclasses'],
  'rbac.authorization.k8s.io': ['clusterrolebindings', 'clusterroles'],
  'resource.k8s.io': ['deviceclasses', 'devicetaintrules', 'resourcepoolstatusrequests', 'resourceslices'],
  'scheduling.k8s.io': ['priorityclasses'],
  'storage.k8s.io': [
    'csidrivers',
    'csinodes',
    'storageclasses',
    'volumeattachments',
    'volumeattributesclasses',
  ],
  'storagemigration.k8s.io': ['storageversionmigrations'],
};

/** Whether a built-in resource, `pods/log` for a subresource, is known to lie in namespaces. */
export const liesInNamespaces = (apiGroup: string, resource: string): boolean =>
  holds(NAMESPACED, apiGroup, resource);

/** Whether it is known to lie in none. */
export const isClusterScoped = (apiGroup: string, resource: string): boolean =>
  holds(CLUSTER_SCOPED, apiGroup, resource);

/** Whether the API server itself serves it: a kind of an operator or of another API server is not known here. */
export const isBuiltIn = (apiGroup: string, resource: string): boolean =>
  liesInNamespaces(apiGroup, resource) || isClusterScoped(apiGroup, resource);

const holds = (table: typeof NAMESPACED, apiGroup: string, resource: string): boolean =>
  Object.hasOwn(table, apiGroup) && table[apiGroup]?.includes(resource.split('/', 1)[0] ?? '') === true;
