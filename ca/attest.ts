// Attestation: does this request come from the sidecar of a living agent's pod, and does it hold the keys it shows?
// One list of checks, cheap ones first, I/O as arguments; the first that fails is the answer, and only a full pass attests.
import { createHash, verify } from 'node:crypto';
import type { EnrolRequest } from '../wire/enrol.ts';
import { type Purpose, proofText } from '../wire/proof.ts';
import type { Agent } from './agent.ts';
import { type AttestationRefusal, refused } from './attestation-refusals.ts';
import { type CertifiableKey, readPublicKey } from './public-key.ts';
import { boundPod, type TokenReviewStatus } from './token-review.ts';

/** The audience of the token that only the sidecar mounts. */
export const AUDIENCE = 'chaperone';

/** How far a proof's time may lie from ours, either way: the skew of two nodes, and the longest life of a replay. */
export const PROOF_WINDOW_MS = 60_000;

/** What is looked at in a pod; `V1Pod` fits. */
export interface PodFacts {
  metadata?: { uid?: string; deletionTimestamp?: unknown };
  spec?: { serviceAccountName?: string; nodeName?: string };
  status?: { phase?: string };
}

export interface AttestDeps<Pod extends PodFacts> {
  /** Creates a TokenReview with these `spec.audiences` and gives its status. */
  reviewToken(token: string, audiences: readonly string[]): Promise<TokenReviewStatus>;
  /** Reads the pod from the API server, never from a cache, which may not know yet that it is gone. */
  readPod(namespace: string, name: string): Promise<Pod | undefined>;
  /** Whether admission has seen every pod of this namespace that has our sidecar; elsewhere any pod can imitate it. */
  isInjected(namespace: string): Promise<boolean>;
  /** Whether the pod carries the sidecar that injection renders, out of reach of the agent's containers. */
  hasOurSidecar(pod: Pod): { kind: 'yes' } | { kind: 'no'; why: string };
  /** Fingerprint of the certificate that was shown on this very connection. */
  controllerSha256: string;
  /** Wall clock, Unix milliseconds. */
  nowMs: number;
}

export interface Attested {
  kind: 'attested';
  agent: Agent & { pod: string; node?: string };
  /** The keys whose private halves the sidecar has proven to hold. */
  keys: Record<Purpose, CertifiableKey>;
}

/** Refusals are values; a failure of the API server rejects the promise. */
export async function attest<Pod extends PodFacts>(
  request: EnrolRequest,
  deps: AttestDeps<Pod>,
): Promise<Attested | AttestationRefusal> {
  if (Math.abs(deps.nowMs - request.timeMs) > PROOF_WINDOW_MS) return refused('StaleProof');

  const identity = readPublicKey(request.identity.publicKey);
  if (identity.kind === 'unfit') return refused('UnfitKey', identity.why);
  const loopback = readPublicKey(request.loopback.publicKey);
  if (loopback.kind === 'unfit') return refused('UnfitKey', loopback.why);
  if (identity.key.equals(loopback.key)) return refused('SharedKey');
  const keys = { identity: identity.key, loopback: loopback.key };
  if (!proves('identity', keys, request, deps)) return refused('ProofMismatch');
  if (!proves('loopback', keys, request, deps)) return refused('ProofMismatch');

  const review = await deps.reviewToken(request.token, [AUDIENCE]);
  if (review.authenticated !== true || review.error) return refused('TokenRejected');
  if (!review.audiences?.includes(AUDIENCE)) return refused('TokenRejected');
  const bound = boundPod(review);
  if (bound === undefined) return refused('NotAPod');

  const pod = await deps.readPod(bound.namespace, bound.pod);
  if (pod === undefined) return refused('PodGone');
  if (pod.metadata?.uid !== bound.uid) return refused('OtherPod');
  if (pod.spec?.serviceAccountName !== bound.serviceAccount) return refused('OtherServiceAccount');
  if (pod.metadata.deletionTimestamp !== undefined) return refused('PodEnding');
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return refused('PodEnding');
  if (!(await deps.isInjected(bound.namespace))) return refused('NamespaceUnseen');
  const sidecar = deps.hasOurSidecar(pod);
  if (sidecar.kind === 'no') return refused('SidecarMissing', sidecar.why);

  const { nodeName } = pod.spec;
  return { kind: 'attested', keys, agent: nodeName === undefined ? bound : { ...bound, node: nodeName } };
}

function proves(
  purpose: Purpose,
  keys: Attested['keys'],
  request: EnrolRequest,
  { controllerSha256 }: { controllerSha256: string },
): boolean {
  const tokenSha256 = createHash('sha256').update(request.token).digest('hex');
  const text = proofText({ purpose, tokenSha256, controllerSha256, timeMs: request.timeMs });
  return verify('sha256', Buffer.from(text), keys[purpose], Buffer.from(request[purpose].proof, 'base64url'));
}
