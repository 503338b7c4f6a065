// What the demo puts into a cluster: a shop with Secrets, the same agent twice (without and with chaperone), a policy and two
// Grants.
import { ACCOUNT, AGENT, DATABASE_PASSWORD, type Names, TLS_KEY, WEB } from './names.ts';

const core = (kind: string, metadata: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata,
  ...more,
});

/** By this label what a killed demo left behind is found. */
const namespace = (name: string, labels: object = {}) =>
  core('Namespace', { name, labels: { 'app.kubernetes.io/part-of': 'chaperone-demo', ...labels } });

/** Where the agents are administrators "for now": the whole cluster is the demo's own, a cluster of others is not. */
export type Reach = 'cluster' | 'shop';

/** cluster-admin: what agents are given today, in both namespaces. */
function administrator(of: string, { shop }: Names, reach: Reach) {
  const name = `${of}-${ACCOUNT}-for-now`;
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: reach === 'cluster' ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: reach === 'cluster' ? { name } : { name, namespace: shop },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: of }],
  };
}

/** A container that waits to be told what to do; Pod Security `restricted` takes it. */
const idlePod = (of: string, name: string, container: string, image: string, account: string) =>
  core(
    'Pod',
    { name, namespace: of },
    {
      spec: {
        serviceAccountName: account,
        terminationGracePeriodSeconds: 1,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: container,
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['sh', '-c', 'sleep infinity'],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  );

/** What an agent clears away too fast. */
const BASKETS = ['basket-1', 'basket-2', 'basket-3'];

/** With an unmodified kubectl. */
export const agentPod = (of: string, image: string) => idlePod(of, AGENT, 'agent', image, ACCOUNT);

export function shopAndAgents(names: Names, image: string, reach: Reach): object[] {
  const { shop, loose, agents } = names;
  const secret = (name: string, stringData: object) =>
    core('Secret', { name, namespace: shop }, { stringData });
  return [
    namespace(shop),
    namespace(loose),
    namespace(agents, { 'chaperone.dev/inject': 'enabled' }),
    secret('web-tls', { key: TLS_KEY }),
    secret('database', { password: DATABASE_PASSWORD }),
    core('ConfigMap', { name: 'web', namespace: shop }, { data: { colour: 'blue' } }),
    ...BASKETS.map((name) =>
      core('ConfigMap', { name, namespace: shop, labels: { app: 'basket' } }, { data: { items: '1' } }),
    ),
    // Of a new namespace the default one may not be there yet.
    core('ServiceAccount', { name: WEB, namespace: shop }),
    idlePod(shop, WEB, WEB, image, WEB),
    ...[loose, agents].flatMap((of) => [
      core('ServiceAccount', { name: ACCOUNT, namespace: of }),
      administrator(of, names, reach),
    ]),
  ];
}
