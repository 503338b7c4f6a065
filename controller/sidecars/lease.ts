// How long a snapshot may be believed: a lease, counted from the oldest of the proofs that it rests on. Where the caches
// have not been proven current just now there is none, so that a controller cut off from the API server renews nothing.
import { MAX_LEASE_MS } from '../../policy/snapshot.ts';

/** Three lists may fail or be late (kube/cache.ts lists every 3 s); more means that something is wrong. */
export const PROVEN_WITHIN_MS = 10_000;

/** A third of the lease: two renewals may fail. */
export const RENEW_EVERY_MS = 20_000;

export interface Proofs {
  /** When the policies, the Grants and the agent's pod were last seen as they are; monotonic ms. */
  readonly policiesMs: number;
  readonly grantsMs: number;
  readonly podMs: number;
}

/** Milliseconds; undefined where no lease may be given. */
export function leaseOf({ policiesMs, grantsMs, podMs }: Proofs, nowMs: number): number | undefined {
  const cachesMs = Math.min(policiesMs, grantsMs);
  if (!(nowMs - cachesMs <= PROVEN_WITHIN_MS)) return undefined;
  const leaseMs = Math.floor(MAX_LEASE_MS - (nowMs - Math.min(cachesMs, podMs)));
  return leaseMs > 0 ? Math.min(leaseMs, MAX_LEASE_MS) : undefined;
}
