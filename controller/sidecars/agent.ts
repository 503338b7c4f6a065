// An agent as the API server has it at this moment, asked for and never cached: an identity outlives its pod by up to an
// hour, so what serves identities has to ask whether the pod still lives.
import type { Agent } from '../../ca/agent.ts';
import { found, type KubeApi, type KubeObject, PAGE_SIZE } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';
import type { Workload } from './workload.ts';

export interface SeenAgent extends Agent {
  /** `gone`: the pod has ended, another has its name, or its ServiceAccount is gone. */
  readonly kind: 'living' | 'gone';
  readonly pod: string;
  /** What made the pod (workload.ts). */
  readonly workloads: readonly Workload[];
  /** Monotonic ms: it was so then, or later. */
  readonly seenAtMs: number;
}

interface PodList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly KubeObject[];
}

/** `undefined`: no living pod with this UID runs as this ServiceAccount. */
export async function findAgent(
  kube: KubeApi,
  agent: Agent,
  workloadsOf: (pod: KubeObject) => Promise<readonly Workload[]>,
): Promise<SeenAgent | undefined> {
  const { namespace, serviceAccount, uid } = agent;
  const query = { fieldSelector: `spec.serviceAccountName=${serviceAccount}`, limit: `${PAGE_SIZE}` };
  const seenAtMs = performance.now();
  let page = '';
  do {
    const path = pathOf('pods', { namespace, query: page === '' ? query : { ...query, continue: page } });
    const list = found(await kube.call<PodList>('GET', path), 'pods');
    const pod = list.items.find((each) => isLiving(each, uid));
    if (pod !== undefined) {
      const workloads = await workloadsOf(pod);
      return { ...agent, kind: 'living', pod: pod.metadata.name, workloads, seenAtMs };
    }
    page = list.metadata.continue ?? '';
  } while (page !== '');
  return undefined;
}

export async function lookAgain(kube: KubeApi, agent: SeenAgent): Promise<SeenAgent> {
  const { namespace, serviceAccount, pod: name, uid } = agent;
  const seenAtMs = performance.now();
  const [pod, account] = await Promise.all([
    kube.call('GET', pathOf('pods', { namespace, name })),
    kube.call('GET', pathOf('serviceaccounts', { namespace, name: serviceAccount })),
  ]);
  const lives = pod.kind === 'done' && isLiving(pod.object, uid) && account.kind === 'done';
  return { ...agent, kind: lives ? 'living' : 'gone', seenAtMs };
}

/** The pod with this UID, and not one that has finished. While it terminates it is still governed. */
export function isLiving(pod: KubeObject, uid: string): boolean {
  const { phase } = (pod.status ?? {}) as { phase?: string };
  return pod.metadata.uid === uid && phase !== 'Succeeded' && phase !== 'Failed';
}
