// What made a pod: its controlling owner, a ReplicaSet standing for its Deployment, or the pod itself. A Job is its own
// workload, under a CronJob too: each run is a task of its own, made by who may create Jobs.
import type { KubeApi, KubeObject, OwnerReference } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';

export interface Workload {
  readonly uid: string;
  /** For a person: `Deployment agents/triage`. */
  readonly text: string;
}

/** Pods that are remembered; beyond it the one that was seen first is forgotten. */
const MAX_REMEMBERED = 16_384;

/** What made a pod when it was first seen: one that is orphaned later, or adopted, begins no new lifetime by that. */
export function firstWorkloads(kube: Pick<KubeApi, 'call'>): (pod: KubeObject) => Promise<Workload> {
  const first = new Map<string, Workload>();
  return async (pod) => {
    const { uid = '' } = pod.metadata;
    const seen = first.get(uid);
    if (seen !== undefined) return seen;
    const workload = await workloadOf(kube, pod);
    const [oldest] = first.keys();
    if (first.size >= MAX_REMEMBERED && oldest !== undefined) first.delete(oldest);
    first.set(uid, workload);
    return workload;
  };
}

async function workloadOf(kube: Pick<KubeApi, 'call'>, pod: KubeObject): Promise<Workload> {
  const { namespace = '', name, uid = '' } = pod.metadata;
  const owner = controllerOf(pod);
  if (owner === undefined) return asWorkload({ kind: 'Pod', name, uid }, namespace);
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

/** The API server checks neither a kind nor a UID of an owner reference; a line of what is kept is this long at most. */
const MAX_TEXT = 128;
const UID = /^[-._a-zA-Z0-9]{1,64}$/;

/** Of an owner that cannot be one, `none`: all that claim such a one share one lifetime. */
const asWorkload = (
  { uid, kind, name }: Pick<OwnerReference, 'uid' | 'kind' | 'name'>,
  namespace: string,
): Workload => ({
  uid: UID.test(uid) ? uid : 'none',
  text: `${kind} ${namespace}/${name}`.slice(0, MAX_TEXT),
});
