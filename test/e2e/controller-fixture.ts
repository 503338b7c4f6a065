// What the tests of the controller start from: a labelled namespace with an AgentPolicy for `triage-bot`, pods that are never
// run, and Grants.

import { readPods, revealTls } from '../../policy/fixtures.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { freshNamespace, type Namespace } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok } from '../cluster/pods.ts';

const apiVersion = 'chaperone.dev/v1alpha1';
export const LABELLED = { 'chaperone.dev/inject': 'enabled' };
export const AGENT = 'triage-bot';

export const policySpec = {
  agents: { serviceAccounts: [AGENT] },
  standing: { lifetime: '8h', rules: [readPods] },
  scopes: [
    { name: 'read-web-tls', maxDuration: '10m', rules: [revealTls] },
    {
      name: 'agreed',
      maxDuration: '10m',
      approval: { approvers: { groups: ['sre'] }, required: 1 },
      rules: [revealTls],
    },
  ],
};

export const policy = (namespace: string, spec: object = {}, name = 'triage') => ({
  apiVersion,
  kind: 'AgentPolicy',
  metadata: { name, namespace },
  spec: { ...policySpec, ...spec },
});

export const grant = (
  namespace: string,
  pod: { name: string; uid: string },
  spec: object = {},
  name = 'live',
) => ({
  apiVersion,
  kind: 'Grant',
  metadata: { name, namespace },
  spec: { pod, policy: 'triage', scope: 'read-web-tls', task: 'INC-4711', duration: '5m', ...spec },
});

/** Of pods that no node takes: they exist, and that is all that these tests need of them. */
const idleSpec = (serviceAccountName: string) => ({
  serviceAccountName,
  nodeSelector: { nowhere: 'yes' },
  terminationGracePeriodSeconds: 0,
  containers: [{ name: 'agent', image: AGENT_IMAGE, imagePullPolicy: 'Never' }],
});

export const idlePod = (namespace: string, name: string, serviceAccount = AGENT, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: { ...idleSpec(serviceAccount), ...spec },
});

export const idleDeployment = (namespace: string, name: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: idleSpec(AGENT) },
  },
});

export interface AgentNamespace extends Namespace {
  /** Creates the pod and says its UID. */
  startPod(name: string, serviceAccount?: string): Promise<string>;
}

export async function agentNamespace(cluster: Cluster, purpose: string): Promise<AgentNamespace> {
  const namespace = await freshNamespace(cluster, purpose, LABELLED);
  await ok(cluster.kubectl(['create', 'serviceaccount', AGENT, '-n', namespace.name]));
  await create(cluster, policy(namespace.name));
  return {
    ...namespace,
    name: namespace.name,
    async startPod(name, serviceAccount) {
      await create(cluster, idlePod(namespace.name, name, serviceAccount));
      return uidOf(cluster, namespace.name, name);
    },
    async [Symbol.asyncDispose]() {
      // The label stays while the policy stands; the namespace's deletion takes both.
      await namespace[Symbol.asyncDispose]();
    },
  };
}

export const uidOf = (cluster: Cluster, namespace: string, pod: string) =>
  ok(cluster.kubectl(['get', 'pod', pod, '-n', namespace, '-o', 'jsonpath={.metadata.uid}']));
