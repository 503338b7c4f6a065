// What made a pod: its controlling owner, and for a ReplicaSet the Deployment behind it; or the pod itself. As the pod was
// born (injector/owner.ts), whatever its owner references say by now. A Job is its own workload, under a CronJob too: each
// run is a task of its own, made by who may create Jobs.
import { bornOf, type Owner } from '../../injector/owner.ts';
import { found, type KubeApi, type KubeObject } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';

export interface Workload {
  readonly uid: string;
  /** For a person: `Deployment agents/triage`. */
  readonly text: string;
}

/** One, or a ReplicaSet and its Deployment. */
export async function workloadsOf(
  kube: Pick<KubeApi, 'call'>,
  pod: KubeObject,
): Promise<readonly Workload[]> {
  const { namespace = '', name, uid = '' } = pod.metadata;
  const owner = bornOf(pod);
  if (owner === undefined) return [asWorkload({ kind: 'Pod', name, uid }, namespace)];
  const above = await deploymentOf(kube, owner, namespace);
  return [owner, ...(above === undefined ? [] : [above])].map((each) => asWorkload(each, namespace));
}

/** Now: a ReplicaSet may be orphaned and adopted as well, which is why it is counted itself (standing.ts). */
async function deploymentOf(
  kube: Pick<KubeApi, 'call'>,
  { apiVersion, kind, name, uid }: Owner,
  namespace: string,
): Promise<Omit<Owner, 'apiVersion'> | undefined> {
  if (kind !== 'ReplicaSet' || !apiVersion.startsWith('apps/')) return undefined;
  const outcome = await kube.call('GET', pathOf('replicasets', { namespace, name }));
  if (outcome.kind === 'absent') return undefined;
  const { metadata } = found(outcome, `ReplicaSet ${name}`);
  return metadata.uid === uid
    ? metadata.ownerReferences?.find(({ controller }) => controller === true)
    : undefined;
}

/** The API server checks neither a kind nor a UID of an owner reference; a line of what is kept is this long at most. */
const MAX_TEXT = 128;
const UID = /^[-._a-zA-Z0-9]{1,64}$/;

/** Of an owner that cannot be one, `none`: all that claim such a one share one lifetime. */
const asWorkload = ({ uid, kind, name }: Omit<Owner, 'apiVersion'>, namespace: string): Workload => ({
  uid: UID.test(uid) ? uid : 'none',
  text: `${kind} ${namespace}/${name}`.slice(0, MAX_TEXT),
});
