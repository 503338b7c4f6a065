// One agent pod whose containers are the three clients, each with a caller token of its own; its policy; the shop that it may
// read; and a web proxy in its environment that leads nowhere, which no client may take for its sidecar.
import type { Cluster } from '../cluster/cluster.ts';
import { freshNamespace } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, pod, untilReady } from '../cluster/pods.ts';
import { AGENT, LABELLED, policy, uidOf } from '../e2e/controller-fixture.ts';
import { agentPod } from '../e2e/pod-fixture.ts';
import { seed } from '../search/seeds.ts';
import { attach, type Client } from './attach.ts';
import { CLIENTS, type ClientName, clientImage, imageOf } from './images.ts';

/** The pod. */
export const POD = 'clients';
/** A container of it that calls nobody. */
export const IDLE = 'idle';
/** In the shop: a pod that talks on and on and serves its files at 8080, a Secret, a Deployment without pods. */
export const TALKER = 'talker';
export const SECRET = 'web-tls';
export const DEPLOYMENT = 'web';
export const VALUE = seed('web-tls of the clients');

export interface Crew extends AsyncDisposable {
  readonly namespace: string;
  readonly uid: string;
  readonly shop: string;
  readonly clients: Readonly<Record<ClientName, Client>>;
}

const DEAD_END = 'http://127.0.0.1:9';

const container = (client: ClientName) => ({
  name: client,
  image: imageOf(client),
  imagePullPolicy: 'Never',
  stdin: true,
  env: ['HTTPS_PROXY', 'https_proxy'].map((name) => ({ name, value: DEAD_END })),
});

/** Loads the images and starts the pod; resolves when each client waits to be asked. */
export async function startClients(cluster: Cluster, purpose: string): Promise<Crew> {
  const [agents, shop] = await Promise.all([
    freshNamespace(cluster, purpose, LABELLED),
    freshNamespace(cluster, `${purpose}-shop`),
    ...CLIENTS.map(async (client) => cluster.loadImages([await clientImage(client, console.error)])),
  ]);
  const of = (apiGroup: string, resources: string[], verbs: string[], more: object = {}) => ({
    namespaces: [shop.name],
    apiGroups: [apiGroup],
    resources,
    verbs,
    ...more,
  });
  const read = ['get', 'list', 'watch'];
  const talker = { resourceNames: [TALKER] };
  const standing = {
    lifetime: '8h',
    rules: [
      of('', ['pods', 'pods/log'], read),
      of('', ['secrets'], ['get']),
      of('', ['configmaps'], [...read, 'create', 'patch']),
      of('apps', ['deployments'], read),
      of('', ['pods/exec'], ['create'], { ...talker, containers: [TALKER], commands: [['sh']] }),
      of('', ['pods/portforward'], ['create'], { ...talker, ports: [8080] }),
    ],
  };
  const revealing = of('', ['secrets'], ['get'], { resourceNames: [SECRET], reveal: true });
  const labels = { app: DEPLOYMENT };
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: AGENT, namespace: agents.name } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: AGENT, namespace: shop.name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: AGENT, namespace: agents.name }],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SECRET, namespace: shop.name },
      stringData: { key: VALUE },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: DEPLOYMENT, namespace: shop.name },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: AGENT_IMAGE }] } },
      },
    },
    pod(shop.name, TALKER, {
      image: AGENT_IMAGE,
      args: ['-c', 'busybox httpd -p 8080 -h /; i=0; while sleep 0.1; do echo "line $i"; i=$((i + 1)); done'],
    }),
    policy(agents.name, {
      standing,
      scopes: [{ name: 'read-web-tls', maxDuration: '10m', rules: [revealing] }],
    }),
  );
  const idle = { name: IDLE, image: AGENT_IMAGE, args: ['-c', 'sleep infinity'] };
  await create(cluster, agentPod(agents.name, POD, { containers: [...CLIENTS.map(container), idle] }));
  await Promise.all([untilReady(cluster, agents.name, POD), untilReady(cluster, shop.name, TALKER)]);
  const clients = Object.fromEntries(
    CLIENTS.map((client) => [client, attach(cluster, agents.name, POD, client)]),
  ) as Record<ClientName, Client>;
  return {
    namespace: agents.name,
    shop: shop.name,
    uid: await uidOf(cluster, agents.name, POD),
    clients,
    async [Symbol.asyncDispose]() {
      for (const client of Object.values(clients)) client[Symbol.dispose]();
      await Promise.all([agents[Symbol.asyncDispose](), shop[Symbol.asyncDispose]()]);
    },
  };
}
