// What made a pod: its controlling owner, a ReplicaSet standing for its Deployment, or the pod itself. A Job is its own
// workload, under a CronJob too: each run is a task of its own, made by who may create Jobs.
import type { KubeApi, KubeObject, OwnerReference } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';

export interface Workload {
  readonly uid: string;
  /** For a person: `Deployment agents/triage`. */
  readonly text: string;
}

export async function workloadOf(kube: KubeApi, pod: KubeObject): Promise<Workload> {
  const { namespace = '' } = pod.metadata;
  const owner = controllerOf(pod);
  if (owner === undefined)
    return { uid: pod.metadata.uid ?? '', text: `Pod ${namespace}/${pod.metadata.name}` };
  if (owner.kind !== 'ReplicaSet' || !owner.apiVersion.startsWith('apps/'))
    return asWorkload(owner, namespace);
  const outcome = await kube.call('GET', pathOf('replicasets', { namespace, name: owner.name }));
  const replicaSet =
    outcome.kind === 'done' && outcome.object.metadata.uid === owner.uid ? outcome.object : undefined;
  return asWorkload((replicaSet && controllerOf(replicaSet)) ?? owner, namespace);
}

export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

const asWorkload = ({ uid, kind, name }: OwnerReference, namespace: string): Workload => ({
  uid,
  text: `${kind} ${namespace}/${name}`,
});
