// Whether what this replica holds is the API server's word of just now. One that cannot prove it renews no lease
// (lease.ts), is not ready, and sends its sidecars to another, which may be able to.
import type { Cache } from '../kube/cache.ts';
import { PROVEN_WITHIN_MS } from './lease.ts';

/** How often it is looked; a sidecar that is sent away has most of its lease left. */
const LOOK_EVERY_MS = 1_000;

export interface Proof {
  /** Whether a lease may be given now. */
  readonly stands: () => boolean;
  /**
   * Proves it anew, by lists that begin now: whatever another replica has said before this call, these know it too.
   * False where the API server did not answer.
   */
  readonly renew: () => Promise<boolean>;
  readonly stop: () => void;
}

type Proven = Pick<Cache<unknown>, 'provenAtMs' | 'refresh'>;

/** `onMissing` is called for as long as there is none, at every look. */
export function watchProof(caches: readonly Proven[], onMissing: () => void): Proof {
  const stands = () => {
    const provenAtMs = Math.min(...caches.map((cache) => cache.provenAtMs()));
    return performance.now() - provenAtMs <= PROVEN_WITHIN_MS;
  };
  const looks = setInterval(() => {
    if (!stands()) onMissing();
  }, LOOK_EVERY_MS);
  return {
    stands,
    async renew() {
      const outcomes = await Promise.all(caches.map((cache) => cache.refresh()));
      return outcomes.every((outcome) => outcome === 'listed') && stands();
    },
    stop: () => clearInterval(looks),
  };
}
