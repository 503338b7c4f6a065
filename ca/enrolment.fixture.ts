// A pod that may enrol, for tests: a request with real keys and signatures, and an API server's answers about its pod.
// Every test changes one thing in it.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { EnrolRequest } from '../wire/enrol.ts';
import { type Purpose, proofText } from '../wire/proof.ts';
import type { AttestDeps, PodFacts } from './attest.ts';
import type { TokenReviewStatus } from './token-review.ts';

export const NOW_MS = Date.UTC(2030, 0, 1);
export const UID = '0b9fd8a4-7c11-4f5e-9d2a-3c5b6a7d8e9f';
export const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOlsiY2hhcGVyb25lIl19.c2lnbmF0dXJl';
export const CONTROLLER = createHash('sha256').update('the certificate of this connection').digest('hex');

export type KeyPair = { publicKey: KeyObject; privateKey: KeyObject };

export const keyPairs: Record<Purpose, KeyPair> = {
  identity: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  loopback: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

/** What the proofs are made over and with; a forger changes a part of it. */
export interface Proving {
  timeMs: number;
  token: string;
  controllerSha256: string;
  purposes: Record<Purpose, Purpose>;
  keys: Record<Purpose, KeyPair>;
}

export const proving: Proving = {
  timeMs: NOW_MS,
  token: TOKEN,
  controllerSha256: CONTROLLER,
  purposes: { identity: 'identity', loopback: 'loopback' },
  keys: keyPairs,
};

export function request(how: Partial<Proving> = {}, sent: Partial<EnrolRequest> = {}): EnrolRequest {
  const { timeMs, token, controllerSha256, purposes, keys } = { ...proving, ...how };
  const proven = (purpose: Purpose) => {
    const tokenSha256 = createHash('sha256').update(token).digest('hex');
    const text = proofText({ purpose: purposes[purpose], tokenSha256, controllerSha256, timeMs });
    return {
      publicKey: keys[purpose].publicKey.export({ type: 'spki', format: 'pem' }) as string,
      proof: sign('sha256', Buffer.from(text), keys[purpose].privateKey).toString('base64url'),
    };
  };
  return { token: TOKEN, timeMs, identity: proven('identity'), loopback: proven('loopback'), ...sent };
}

export const review: TokenReviewStatus = {
  authenticated: true,
  audiences: ['chaperone'],
  user: {
    username: 'system:serviceaccount:agents:triage-bot',
    extra: {
      'authentication.kubernetes.io/pod-name': ['triage-5d9c'],
      'authentication.kubernetes.io/pod-uid': [UID],
    },
  },
};

export const pod: PodFacts = {
  metadata: { uid: UID },
  spec: { serviceAccountName: 'triage-bot', nodeName: 'node-1' },
  status: { phase: 'Pending' },
};

/** The API server's answers, given only to the questions that attestation has to ask. */
export function answers(
  changed: {
    review?: TokenReviewStatus;
    pod?: PodFacts | undefined;
    injected?: boolean;
    labelled?: boolean;
  } = {},
): AttestDeps<PodFacts> {
  const given = { review, pod, injected: true, labelled: true, ...changed };
  return {
    reviewToken: async (token, audiences) =>
      token === TOKEN && String(audiences) === 'chaperone' ? given.review : { authenticated: false },
    readPod: async (namespace, name) =>
      namespace === 'agents' && name === 'triage-5d9c' ? given.pod : undefined,
    isInjected: async (namespace) => namespace === 'agents' && given.labelled,
    hasOurSidecar: (asked) =>
      asked === given.pod && given.injected ? { kind: 'yes' } : { kind: 'no', why: 'it has no sidecar' },
    controllerSha256: CONTROLLER,
    nowMs: NOW_MS,
  };
}
