// Every "no" of admission, as data: a code, why, and what to do next. One table, one voice.
// A refusal names each field that decided, so that a pod is mended once and not field by field.

const OUTSIDE = 'run it in a namespace without the label chaperone.dev/inject';

const REFUSALS = {
  Malformed: {
    why: 'is not what an API server sends to an admission webhook',
    next: 'Check which webhook configuration points here.',
  },
  UnknownOperation: {
    why: 'is an operation that this webhook does not decide',
    next: 'Let the webhook configuration of the chart stand as it was installed.',
  },
  TooMany: {
    why: 'has more entries than those of any pod that is governed: 100 containers or 500 volumes',
    next: `Split the pod, or ${OUTSIDE}.`,
  },
  StaticPod: {
    why: 'belongs to a static pod, which can have no identity and so no sidecar',
    next: 'Move its manifest to a namespace without the label chaperone.dev/inject.',
  },
  Windows: {
    why: 'asks for Windows, where the sidecar does not run',
    next: `Run the agent on Linux, or ${OUTSIDE}.`,
  },
  SharedNamespace: {
    why: "would let the agent see or reach the sidecar's processes, or leave the pod's network",
    next: `Remove it, or ${OUTSIDE}.`,
  },
  Privileged: {
    why: 'would let the agent out of its container and into the sidecar',
    next: `Remove it, or ${OUTSIDE}.`,
  },
  AddedCapability: {
    why: 'adds a capability beyond those of an ordinary container',
    next: 'Remove it; those of Pod Security "baseline" may stay.',
  },
  UnmaskedProc: {
    why: 'would show the agent parts of /proc that are hidden from containers',
    next: 'Remove it, or set Default.',
  },
  ReservedId: {
    why: "is the sidecar's own user or group id",
    next: 'Choose another id.',
  },
  VolumeKind: {
    why: "is of a kind that can reach the node, the sidecar's files or a credential",
    next: 'Use configMap, secret, emptyDir, downwardAPI, projected, image, ephemeral or persistentVolumeClaim.',
  },
  TokenVolume: {
    why: 'would give the agent a credential of its own, past the sidecar',
    next: 'Remove it: the agent finds a token for the sidecar at the usual path.',
  },
  CloudIdentity: {
    why: "hands the agent a cloud provider's credential, past the sidecar",
    next: 'Remove it, and the annotation or association on the ServiceAccount that adds it.',
  },
  TokenPathTaken: {
    why: "mounts something where the agent's token for the sidecar belongs",
    next: 'Mount it at another path.',
  },
  ReservedName: {
    why: "has the name of one of the sidecar's parts",
    next: 'Choose a name that is not "chaperone" and does not begin with "chaperone-".',
  },
  ReachesSidecar: {
    why: 'would let a container of the agent into the sidecar or its volumes',
    next: 'Remove it.',
  },
  SidecarAnnotation: {
    why: 'would set how the sidecar runs; nothing on a pod may',
    next: 'Remove the annotation.',
  },
  ForgedSidecar: {
    why: 'is not what the injector writes today',
    next: 'Create the pod without its container "chaperone" and its volumes "chaperone-…"; they are added again.',
  },
  NotInjected: {
    why: 'is not as the injector wrote it, or was not written by it',
    next: 'Look for another mutating webhook that changes it, or check that the mutating webhook of chaperone is called.',
  },
  SidecarChanged: {
    why: 'is part of what governs this pod and cannot change while the pod lives',
    next: 'Delete the pod and create it anew.',
  },
} as const satisfies Record<string, { why: string; next: string }>;

export type RefusalCode = keyof typeof REFUSALS;

/** One field of a pod (or of the request) and the line of the table that it met. */
export interface Cause {
  readonly code: RefusalCode;
  readonly where: string;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly httpStatus: number;
  /** Kubernetes' StatusReason. */
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly Cause[];
}

/** A pod may hold a thousand volumes; a message that kubectl prints should not. */
const MAX_CAUSES = 8;

/** What one cause says to a person. */
export function explain({ code, where }: Cause): string {
  const { why, next } = REFUSALS[code];
  return `${where} ${why}. ${next}`;
}

export function refuse(first: Cause, ...others: readonly Cause[]): Refusal {
  const all = [first, ...others];
  const causes = all.slice(0, MAX_CAUSES);
  const left = all.length - causes.length;
  const malformed = first.code === 'Malformed';
  return {
    kind: 'refusal',
    httpStatus: malformed ? 400 : 403,
    reason: malformed ? 'BadRequest' : 'Forbidden',
    message: [...causes.map(explain), ...(left > 0 ? [`And ${left} more.`] : [])].join(' '),
    causes,
  };
}

/** A refusal of all these causes, or undefined where there is none. */
export function refuseAny(causes: readonly Cause[]): Refusal | undefined {
  const [first, ...others] = causes;
  return first && refuse(first, ...others);
}
