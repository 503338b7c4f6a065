// Agents for the tests of budgets: the real data plane in this process, each told and counted by a real controller, whose pods
// belong to one workload where a test wants it.
import { countByController } from '../../sidecar/controller-counter.ts';
import { createFollowing } from '../../sidecar/following.ts';
import { type Governed, govern } from '../adversarial/governed.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { create, ok } from '../cluster/pods.ts';
import type { ControllerAddress } from '../e2e/controller-client.ts';
import { AGENT } from '../e2e/controller-fixture.ts';
import { createAgents, enrolledPod, followUntilTold, log } from '../e2e/controller-process.ts';

export interface CountedAgent extends AsyncDisposable {
  readonly governed: Governed;
  /** Follows this replica from now on, and is counted there. */
  follow(replica: ControllerAddress): Promise<void>;
  /** A ConfigMap of its own namespace. */
  path(name: string): string;
}

/** One workload: a namespace of agents, an AgentPolicy with this budget, and pods that one ConfigMap owns. */
export async function workload(cluster: Cluster, name: string, budget: object) {
  await createAgents(cluster, name);
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner', namespace: name } },
    {
      apiVersion: 'chaperone.dev/v1alpha1',
      kind: 'AgentPolicy',
      metadata: { name: 'triage', namespace: name },
      spec: {
        agents: { serviceAccounts: [AGENT] },
        standing: {
          lifetime: '8h',
          rules: [
            { allNamespaces: true, apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'delete'] },
          ],
        },
        budgets: [budget],
      },
    },
  );
  const owner = ['get', 'configmap', 'owner', '-n', name, '-o', 'jsonpath={.metadata.uid}'];
  const uid = await ok(cluster.kubectl(owner));
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, controller: true }];

  return async (pod: string, first: ControllerAddress): Promise<CountedAgent> => {
    const following = createFollowing();
    const governed = await govern(cluster, name, { counter: countByController(following, log) });
    const { identity } = await enrolledPod(cluster, first, { namespace: name, name: pod, ownerReferences });
    let leave = (): void => {};
    const followReplica = async (replica: ControllerAddress): Promise<void> => {
      leave();
      const stream = await followUntilTold(replica, identity, ({ snapshot }) => governed.take(snapshot));
      const knowsBudget = (message: { snapshot: { held: object } }) => 'budgets' in message.snapshot.held;
      await stream.until('the budget', knowsBudget);
      following.set({
        request: (method, path) =>
          stream.session.request({ ':method': method, ':path': path }, { endStream: false }),
      });
      leave = () => {
        following.set(undefined);
        stream[Symbol.dispose]();
      };
      stream.session.once('close', leave);
    };
    await followReplica(first);
    return {
      governed,
      follow: followReplica,
      path: (object) => `/api/v1/namespaces/${governed.namespace}/configmaps/${object}`,
      async [Symbol.asyncDispose]() {
        leave();
        await governed[Symbol.asyncDispose]();
      },
    };
  };
}
