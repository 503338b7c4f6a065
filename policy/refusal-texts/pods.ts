// Every reason for which a pod is not admitted: what a field of it would do, and what to write instead.
// A refusal names each field that decided, so that a pod is mended once and not field by field.
import { type Row, row } from './row.ts';
import { type Where, webhookTexts } from './webhooks.ts';

/** Whoever may put a pod elsewhere decides whether it is an agent's. */
const ELSEWHERE = "a pod that is no agent's belongs in a namespace without the label chaperone.dev/inject";

/** A field of the pod that is to change. */
const field = (what: string, next: string): Row<Where> =>
  row(403, (f: Where) => `${f.where} ${what}`, 'alter', next);

export const podTexts = {
  ...webhookTexts,
  TooMany: field(
    'has more entries than those of any pod that is governed: 100 containers or 500 volumes',
    'split the pod',
  ),
  StaticPod: row(
    403,
    (f: Where) => `${f.where} marks a static pod, which can have no identity and so no sidecar`,
    'operators',
    'the node: its manifest belongs in a namespace without the label chaperone.dev/inject',
  ),
  Windows: field('asks for Windows, where the sidecar does not run', `run it on Linux; ${ELSEWHERE}`),
  SharedNamespace: field(
    "would let the agent see or reach the sidecar's processes, or leave the pod's network",
    `remove the field; ${ELSEWHERE}`,
  ),
  Privileged: field(
    'would let the agent out of its container and into the sidecar',
    `remove the field; ${ELSEWHERE}`,
  ),
  AddedCapability: field(
    'adds a capability beyond those of an ordinary container',
    'remove it; those of Pod Security "baseline" may stay (kubectl debug: --profile=restricted)',
  ),
  UnmaskedProc: field(
    'would show the agent parts of /proc that are hidden from containers',
    'remove the field, or set Default',
  ),
  ReservedId: field("is the sidecar's own user or group id", 'choose another id'),
  PodWide: field(
    'would hold for the sidecar as well; nothing on a pod may set how that runs',
    "set it on the agent's containers",
  ),
  VolumeKind: field(
    "is of a kind that can reach the node, the sidecar's files or a credential",
    'use configMap, secret, emptyDir, downwardAPI, projected, image, ephemeral or persistentVolumeClaim',
  ),
  TokenVolume: field(
    'would give the agent a credential of its own, past the sidecar',
    'remove it; the agent finds a token for the sidecar at the usual path',
  ),
  CloudIdentity: field(
    "hands the agent a cloud provider's credential, past the sidecar",
    'remove it, and the annotation or association on the ServiceAccount that adds it',
  ),
  TokenPathTaken: field(
    "mounts something where the agent's token for the sidecar belongs",
    'mount it at another path',
  ),
  ReservedName: field(
    "has the name of one of the sidecar's parts",
    'choose a name that is not "chaperone" and does not begin with "chaperone-"',
  ),
  ReachesSidecar: field('would let a container of the agent into the sidecar or its volumes', 'remove it'),
  SidecarAnnotation: field('would set how the sidecar runs; nothing on a pod may', 'remove the annotation'),
  ForgedSidecar: field(
    'is not what the injector writes today',
    'create the pod without its container "chaperone" and its volumes "chaperone-…"; they are added again',
  ),
  NotInjected: row(
    403,
    (f: Where) => `${f.where} is not as the injector wrote it, or was not written by it`,
    'operators',
    "the cluster: another mutating webhook changes it, or chaperone's own is not called",
  ),
  SidecarChanged: field(
    'is part of what governs this pod and cannot change while the pod lives',
    'delete the pod and create it anew',
  ),
};
