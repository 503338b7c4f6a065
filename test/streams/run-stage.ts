// A pod to stream with, and `chaperone run` before it in a process of its own, whose policy gives all of it.
import { mightyToken } from '../adversarial/governed.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { freshNamespace } from '../cluster/fixture.ts';
import { startGoverned } from '../fuzz/governed.ts';
import { POD, streamPod, streamRules } from './stage.ts';

export async function streamRunStage(cluster: Cluster, name: string) {
  await using opening = new AsyncDisposableStack();
  const { name: namespace } = opening.use(await freshNamespace(cluster, name));
  const token = await mightyToken(cluster, namespace);
  await streamPod(cluster, namespace);
  const standing = { lifetime: '168h', rules: streamRules(namespace) };
  const policy = {
    apiVersion: 'chaperone.dev/v1alpha1',
    kind: 'AgentPolicy',
    metadata: { name },
    spec: { standing },
  };
  const governed = opening.use(await startGoverned(cluster, namespace, token, policy));
  const opened = opening.move();
  return {
    namespace,
    token,
    governed,
    /** The path of the pod. */
    pod: `/api/v1/namespaces/${namespace}/pods/${POD}`,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
