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
  /** Of a Job or a pod of its own, which begin once and do not come back: the API server's path of it. */
  readonly run?: string;
}

/** One, or a ReplicaSet and its Deployment. */
export async function workloadsOf(
  kube: Pick<KubeApi, 'call'>,
  pod: KubeObject,
): Promise<readonly Workload[]> {
  const { namespace = '', name, uid = '' } = pod.metadata;
  const owner = bornOf(pod);
  const above = owner && (await deploymentOf(kube, owner, namespace));
  const owners = [owner, above].flatMap((each) => (each !== undefined && KEY.test(each.uid) ? [each] : []));
  if (owners.length === 0) {
    const run = pathOf('pods', { namespace, name });
    return [{ ...asWorkload({ kind: 'Pod', name, uid }, namespace), run }];
  }
  const isJob = owner?.kind === 'Job' && owner.apiVersion === 'batch/v1' && NAME.test(owner.name);
  const run = isJob ? { run: pathOf('jobs', { namespace, name: owner.name }) } : {};
  return owners.map((each) => ({ ...asWorkload(each, namespace), ...run }));
}

/** When a run was made, epoch ms of the API server; undefined of what is none, or is gone, or another by now. */
export async function madeAtMs(
  kube: Pick<KubeApi, 'call'>,
  { uid, run }: Workload,
): Promise<number | undefined> {
  if (run === undefined) return undefined;
  const outcome = await kube.call('GET', run);
  if (outcome.kind === 'absent') return undefined;
  const { metadata } = found(outcome, run);
  const madeMs = Date.parse(metadata.creationTimestamp ?? '');
  return metadata.uid === uid && !Number.isNaN(madeMs) ? madeMs : undefined;
}

/** Now: a ReplicaSet may be orphaned and adopted as well, which is why it is counted itself (standing.ts). */
async function deploymentOf(
  kube: Pick<KubeApi, 'call'>,
  { apiVersion, kind, name, uid }: Owner,
  namespace: string,
): Promise<Omit<Owner, 'apiVersion'> | undefined> {
  const canBe = kind === 'ReplicaSet' && isOfApps({ apiVersion }) && NAME.test(name) && KEY.test(uid);
  if (!canBe) return undefined;
  const outcome = await kube.call('GET', pathOf('replicasets', { namespace, name }));
  if (outcome.kind === 'absent') return undefined;
  const { metadata } = found(outcome, `ReplicaSet ${name}`);
  if (metadata.uid !== uid) return undefined;
  const above = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return above?.kind === 'Deployment' && isOfApps(above) ? above : undefined;
}

const isOfApps = ({ apiVersion }: Pick<Owner, 'apiVersion'>): boolean => apiVersion.startsWith('apps/');

/** The API server checks neither a kind nor a UID of an owner reference; a line of what is kept is this long at most. */
const MAX_TEXT = 128;

/** What can be a key of a ConfigMap. An owner without such a UID made nothing: its pod is its own workload. */
const KEY = /^[a-zA-Z0-9][-.a-zA-Z0-9]{0,63}$/;

/** As every name in a path begins; `..` would ask for something else. */
const NAME = /^[a-z0-9]/;

const asWorkload = ({ uid, kind, name }: Omit<Owner, 'apiVersion'>, namespace: string): Workload => ({
  uid,
  text: `${kind} ${namespace}/${name}`.slice(0, MAX_TEXT),
});
