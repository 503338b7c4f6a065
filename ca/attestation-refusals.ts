// Every reason for which a sidecar gets no certificate: one table with the cause and what the person should do next.
// Until the token has proven to be a pod's, an answer says nothing about the cluster.
import type { Status } from '../policy/refusal.ts';

interface Entry {
  httpStatus: 400 | 401 | 403;
  why: string;
  next: string;
}

const REFUSALS = {
  StaleProof: {
    httpStatus: 401,
    why: 'the proof was not made just now',
    next: "Compare the clock of the agent's node with that of the controller's node.",
  },
  UnfitKey: {
    httpStatus: 400,
    why: 'a public key is not one that is certified',
    next: 'Run sidecar and controller from the same release.',
  },
  SharedKey: {
    httpStatus: 400,
    why: 'both certificates were asked for with one key',
    next: 'Run sidecar and controller from the same release.',
  },
  ProofMismatch: {
    httpStatus: 401,
    why: 'a proof is not a signature by its key for this token, connection and purpose',
    next: 'If something stands between sidecar and controller and ends TLS there, take it away.',
  },
  TokenRejected: {
    httpStatus: 401,
    why: 'the API server does not accept the token for the audience chaperone',
    next: 'Mount a fresh token of audience chaperone; a restarted pod has one.',
  },
  NotAPod: {
    httpStatus: 403,
    why: 'the token is not bound to a pod',
    next: 'Enrol only from a sidecar that chaperone injected.',
  },
  PodGone: {
    httpStatus: 403,
    why: 'the pod that the token is bound to does not exist',
    next: 'Nothing: an identity ends with its pod.',
  },
  OtherPod: {
    httpStatus: 403,
    why: 'another pod has taken the name of the one that the token is bound to',
    next: 'Nothing: the new pod enrols with a token of its own.',
  },
  OtherServiceAccount: {
    httpStatus: 403,
    why: 'the pod runs as another ServiceAccount than the token says',
    next: 'Find out who made the token: Kubernetes makes none like it.',
  },
  PodEnding: {
    httpStatus: 403,
    why: 'the pod is terminating or has finished',
    next: 'Nothing: an identity ends with its pod.',
  },
  NamespaceNotLabelled: {
    httpStatus: 403,
    why: 'chaperone does not look at the pods of this namespace, so that the sidecar may be anything',
    next: 'Label the namespace chaperone.dev/inject=enabled and create the pod anew.',
  },
  NotInjected: {
    httpStatus: 403,
    why: 'the pod does not carry the sidecar that chaperone injects',
    next: 'Label the namespace chaperone.dev/inject=enabled and create the pod anew.',
  },
  LoopbackRootGone: {
    httpStatus: 403,
    why: "the root that the pod's clients trust has ended or is not held here",
    next: 'Restart the pod: its clients read the new root when they start.',
  },
} as const satisfies Record<string, Entry>;

export type AttestationRefusalCode = keyof typeof REFUSALS;

export interface AttestationRefusal {
  kind: 'refused';
  code: AttestationRefusalCode;
  why: string;
  next: string;
}

/** `detail` is added to the cause; it must hold nothing that the asker does not already know. */
export function refused(code: AttestationRefusalCode, detail?: string): AttestationRefusal {
  const { why, next } = REFUSALS[code];
  return { kind: 'refused', code, why: detail === undefined ? why : `${why}: ${detail}`, next };
}

const REASONS = { 400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden' } as const;

/** The refusal as the body of an answer; its `code` is the HTTP status. */
export function attestationStatus({ code, why, next }: AttestationRefusal): Status {
  const { httpStatus } = REFUSALS[code];
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code: httpStatus,
    reason: REASONS[httpStatus],
    message: `chaperone does not attest this sidecar: ${why}. ${next}`,
    details: { causes: [{ reason: code, message: why }] },
  };
}
