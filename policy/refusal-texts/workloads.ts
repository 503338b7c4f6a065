// Why pods that an agent writes are refused for what they would have (policy/guard/): said by the webhook in a cluster, and
// by the sidecar itself under `chaperone run`. One row a way; every field that met one is a cause of its own.
import { word } from '../quoting.ts';
import type { Remedy } from '../remedy.ts';
import { type Row, row } from './row.ts';

export interface OfPods {
  /** `spec.template.spec.volumes[2].secret.secretName`; escaped. */
  readonly where: string;
  /** What a rule would name. */
  readonly name: string;
  /** `namespace/name` of the policy that governs. */
  readonly policy: string;
}

/** What rules permit by name, in this field of `podSpec`. */
const permittedBy = (field: string, what: string, value?: string): Row<OfPods> =>
  row(
    403,
    (f: OfPods) => `${word(f.where)} ${what}${f.name === '' ? '' : ` ${word(f.name)}`}`,
    'owners',
    (f) =>
      `AgentPolicy ${f.policy} for podSpec.${field} ${value ?? `[${word(f.name)}]`} in a rule that covers this, or leave the field out`,
  );

const never = (what: string, remedy: Remedy, next: string): Row<OfPods> =>
  row(403, (f: OfPods) => `${word(f.where)} ${what}`, remedy, next);

export const workloadTexts = {
  PodSecret: permittedBy('secrets', 'gives its containers a Secret whose values this agent may not see:'),
  PodServiceAccount: permittedBy(
    'serviceAccountNames',
    "runs its pods as a ServiceAccount that is not the agent's own:",
  ),
  PodToken: permittedBy('tokenAudiences', 'gives its containers a token of their own for the audience'),
  PodCsiDriver: permittedBy('csiDrivers', 'has a volume of a driver that may be given tokens of the pod:'),
  PodHostPath: permittedBy('hostPaths', 'mounts a path of the node:'),
  PodHostNamespace: permittedBy('hostNamespaces', 'shares a namespace of the node:'),
  PodPrivileged: permittedBy('privileged', 'lets a container out of itself', 'true'),
  PodCapability: permittedBy('capabilities', 'adds a capability beyond those of Pod Security "baseline":'),
  PodCredential: never(
    'gives its containers a credential of their own',
    'alter',
    'leave the field out; no rule permits it',
  ),
  PodUnsafe: never(
    'is beyond what Pod Security "baseline" lets containers have',
    'alter',
    'leave the field out; no rule permits it',
  ),
  PodPlacement: never(
    "chooses what is the cluster's own: a machine past the scheduler, its devices, or the priority of its own pods",
    'alter',
    'leave the field out; no rule permits it',
  ),
  PodRollback: never(
    'puts an older template in place of this one, which nobody would judge',
    'alter',
    'leave the annotation out; kubectl rollout undo sends the template itself',
  ),
  PodOwner: never(
    'names a controller that did not make it',
    'alter',
    'leave the reference out, or its field controller; no rule permits it',
  ),
  PodUnknown: never(
    'is of a kind that may bring a credential or reach the node, or that this version does not know',
    'alter',
    'use another kind of volume or source; no rule permits this one',
  ),
  PodUnread: never(
    'is not there or cannot be read',
    'alter',
    'send the whole object as Kubernetes defines it',
  ),
};
