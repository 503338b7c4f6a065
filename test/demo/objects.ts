// What the demo puts into the cluster: a shop with Secrets, the same agent twice (without and with chaperone), a policy and
// two Grants.
import { AGENT_IMAGE } from '../cluster/images.ts';

export const SHOP = 'shop';
export const LOOSE = 'loose';
export const AGENTS = 'agents';
export const ACCOUNT = 'triage-bot';
export const AGENT = 'triage';

/** What must not be seen without a Grant that reveals it. */
export const TLS_KEY = 'shop-private-key-5f1e0c';
export const DATABASE_PASSWORD = 'hunter2-of-the-database';

const core = (kind: string, metadata: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata,
  ...more,
});

const namespace = (name: string, labels: object = {}) => core('Namespace', { name, labels });

/** cluster-admin "for now": what agents are given today, in both namespaces. */
const administrator = (of: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: `${of}-${ACCOUNT}-for-now` },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: of }],
});

/** An unmodified kubectl in a container that waits to be told what to do. */
export const agentPod = (of: string) =>
  core(
    'Pod',
    { name: AGENT, namespace: of },
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

const secret = (name: string, stringData: object) =>
  core('Secret', { name, namespace: SHOP }, { stringData });

export const SHOP_AND_AGENTS = [
  namespace(SHOP),
  namespace(LOOSE),
  namespace(AGENTS, { 'chaperone.dev/inject': 'enabled' }),
  secret('web-tls', { key: TLS_KEY }),
  secret('database', { password: DATABASE_PASSWORD }),
  core('ConfigMap', { name: 'web', namespace: SHOP }, { data: { colour: 'blue' } }),
  core(
    'Pod',
    { name: 'web', namespace: SHOP },
    {
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          { name: 'web', image: AGENT_IMAGE, imagePullPolicy: 'Never', args: ['-c', 'sleep infinity'] },
        ],
      },
    },
  ),
  ...[LOOSE, AGENTS].flatMap((of) => [
    core('ServiceAccount', { name: ACCOUNT, namespace: of }),
    administrator(of),
  ]),
];

const WEB_TLS = {
  namespaces: [SHOP],
  apiGroups: [''],
  resources: ['secrets'],
  resourceNames: ['web-tls'],
  verbs: ['get'],
};

const chaperone = (kind: string, name: string, spec: object) => ({
  apiVersion: 'chaperone.dev/v1alpha1',
  kind,
  metadata: { name, namespace: AGENTS },
  spec,
});

export const POLICY = chaperone('AgentPolicy', 'triage', {
  agents: { serviceAccounts: [ACCOUNT] },
  standing: {
    lifetime: '8h',
    rules: [
      {
        namespaces: [SHOP],
        apiGroups: [''],
        resources: ['pods', 'pods/log', 'events'],
        verbs: ['get', 'list', 'watch'],
      },
    ],
  },
  never: [
    { allNamespaces: true, apiGroups: [''], resources: ['pods'], verbs: ['delete', 'deletecollection'] },
  ],
  scopes: [
    {
      name: 'read-web-tls',
      maxDuration: '10m',
      rules: [
        { ...WEB_TLS, reveal: true },
        { namespaces: [SHOP], apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
      ],
    },
  ],
});

const grant = (name: string, uid: string, duration: string, more: object = {}) =>
  chaperone('Grant', name, {
    pod: { name: AGENT, uid },
    policy: 'triage',
    scope: 'read-web-tls',
    task: 'INC-4711 renew the shop certificate',
    duration,
    ...more,
  });

/** Narrower than its scope: the Secret, not its values. */
export const maskedGrant = (uid: string) => grant('inc-4711-look', uid, '10m', { rules: [WEB_TLS] });

export const GRANT_SECONDS = 5;
export const revealingGrant = (uid: string) => grant('inc-4711-renew', uid, `${GRANT_SECONDS}s`);
