// What the tests of whole pods start from: a labelled namespace whose agent may do much by RBAC and little by its policy, a
// shop of its own, and pods that run.
import type { Cluster } from '../cluster/cluster.ts';
import { freshNamespace } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, untilReady } from '../cluster/pods.ts';
import type { Outcome } from '../cluster/run.ts';
import { seed } from '../search/seeds.ts';
import { AGENT, LABELLED, policy, uidOf } from './controller-fixture.ts';

/** Of the shop's Secret `web-tls`; must be seen nowhere but under a Grant that reveals it. */
export const VALUE = seed('web-tls');

export interface Crew extends AsyncDisposable {
  /** The agents' namespace. */
  readonly name: string;
  readonly shop: string;
  /** The rule that a scope of its policy reveals `web-tls` by. */
  readonly revealing: object;
  /** Runs the agent's kubectl in a container of a pod; `reveals`: what a Grant shows it then. */
  kubectl(
    pod: string,
    args: readonly string[],
    container?: string,
    reveals?: readonly string[],
  ): Promise<Outcome>;
  /** Starts a pod whose containers wait to be told what to do, once it is Ready; says its UID. */
  start(pod: string, containers?: readonly string[]): Promise<string>;
}

const idle = (name: string) => ({
  name,
  image: AGENT_IMAGE,
  imagePullPolicy: 'Never',
  args: ['-c', 'sleep infinity'],
});

export const agentPod = (namespace: string, name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { serviceAccountName: AGENT, terminationGracePeriodSeconds: 1, containers: [idle('agent')], ...spec },
});

export async function crew(cluster: Cluster, purpose: string): Promise<Crew> {
  const agents = await freshNamespace(cluster, purpose, LABELLED);
  const shop = await freshNamespace(cluster, `${purpose}-shop`);
  const of = (apiGroup: string, resources: string[], verbs: string[], more: object = {}) => ({
    namespaces: [shop.name],
    apiGroups: [apiGroup],
    resources,
    verbs,
    ...more,
  });
  const revealing = of('', ['secrets'], ['get'], { resourceNames: ['web-tls'], reveal: true });
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: AGENT, namespace: agents.name } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: agents.name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: AGENT, namespace: agents.name }],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'web-tls', namespace: shop.name },
      stringData: { key: VALUE },
    },
    policy(agents.name, {
      standing: {
        lifetime: '8h',
        rules: [
          of('', ['pods'], ['get', 'list', 'watch', 'create']),
          of('batch', ['jobs'], ['create']),
          of('', ['configmaps'], ['get', 'create']),
        ],
      },
      scopes: [
        {
          name: 'read-web-tls',
          maxDuration: '10m',
          rules: [revealing, of('', ['configmaps'], ['get', 'list', 'watch'])],
        },
      ],
    }),
  );
  return {
    name: agents.name,
    shop: shop.name,
    revealing,
    kubectl: (pod, args, container = 'agent', reveals = []) =>
      cluster.kubectl(['exec', '-n', agents.name, pod, '-c', container, '--', 'kubectl', ...args], {
        reveals,
      }),
    async start(pod, containers = ['agent']) {
      await create(cluster, agentPod(agents.name, pod, { containers: containers.map(idle) }));
      await untilReady(cluster, agents.name, pod);
      return uidOf(cluster, agents.name, pod);
    },
    async [Symbol.asyncDispose]() {
      await cluster.kubectl(['delete', 'clusterrolebinding', agents.name]);
      await Promise.all([agents[Symbol.asyncDispose](), shop[Symbol.asyncDispose]()]);
    },
  };
}
