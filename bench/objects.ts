// What the bench puts into the cluster: a namespace with one object to read, an agent that may read there, and its pods.
import { AGENT_IMAGE } from '../test/cluster/images.ts';
import { ONE } from './bodies.ts';

export const AGENTS = 'agents';
const ACCOUNT = 'triage-bot';

const object = (kind: string, metadata: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata,
  ...more,
});

export const POLICY = {
  apiVersion: 'chaperone.dev/v1alpha1',
  kind: 'AgentPolicy',
  metadata: { name: 'bench', namespace: AGENTS },
  spec: {
    agents: { serviceAccounts: [ACCOUNT] },
    standing: {
      lifetime: '8h',
      rules: [
        {
          namespaces: ['shop'],
          apiGroups: [''],
          resources: ['configmaps', 'secrets'],
          verbs: ['get', 'list', 'watch'],
        },
      ],
    },
  },
};

export const OBJECTS = [
  object('Namespace', { name: 'shop' }),
  object('Namespace', { name: AGENTS, labels: { 'chaperone.dev/inject': 'enabled' } }),
  object('ConfigMap', { name: 'one', namespace: 'shop' }, { data: ONE.data }),
  object('ServiceAccount', { name: ACCOUNT, namespace: AGENTS }),
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: ACCOUNT },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: AGENTS }],
  },
];

/** An agent that waits; the load stands in for what it would call. */
export const agentPod = (name: string) =>
  object(
    'Pod',
    { name, namespace: AGENTS },
    {
      spec: {
        serviceAccountName: ACCOUNT,
        terminationGracePeriodSeconds: 1,
        containers: [
          { name: 'agent', image: AGENT_IMAGE, imagePullPolicy: 'Never', args: ['-c', 'sleep infinity'] },
        ],
      },
    },
  );
