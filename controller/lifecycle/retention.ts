// How long a Grant is kept once it can give nothing any more: long enough to be read by who asks what happened, since then
// it is only an object among many. What was done under it is in the records, which name it.
import type { Kept } from '../kube/cache.ts';
import { type GrantStatus, isFinal } from './grant-status.ts';

/** A week: who comes back after a weekend or a few days off still finds it by `kubectl get grants`. */
export const KEPT_FOR_MS = 7 * 24 * 3_600_000;

/** Of one pass: deletions must not hold up the statuses, and the rest is there the next time. */
const MAX_AT_ONCE = 50;

/**
 * Those whose time is over and that nobody has deleted yet: one that a finalizer holds takes no other's turn. A Grant that does
 * not say when it ended is kept until a person looks.
 */
export function outlived<T>(grants: readonly Kept<T>[], nowEpochMs: number): Kept<T>[] {
  return grants
    .filter(({ object }) => object.metadata.deletionTimestamp === undefined)
    .filter(({ object }) => nowEpochMs - endedMs(object.status) > KEPT_FOR_MS)
    .slice(0, MAX_AT_ONCE);
}

/** The newest word on a Grant that has ended or was refused; wall clock, epoch ms. NaN where it has not. */
function endedMs(status: unknown): number {
  const said = (status ?? {}) as GrantStatus;
  if (!isFinal(said)) return Number.NaN;
  const times = said.conditions?.map(({ lastTransitionTime }) => Date.parse(lastTransitionTime)) ?? [];
  return times.length === 0 ? Number.NaN : Math.max(...times);
}
