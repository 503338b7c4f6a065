// When a pod enrols again: at half-life, soon after a failure, and in a hurry where the controller knows no identity of ours,
// though never one hurried enrolment right after another.
import { setTimeout as after } from 'node:timers/promises';
import type { Clock } from './monotonic.ts';

/** Renewal begins at half-life, which leaves half an hour for a controller that is down. */
const RETRY_MS = 30_000;
/** A controller that knows no identity of ours, whatever we enrol for, is not asked more often: each asks for two keys. */
export const HURRY_EVERY_MS = 15_000;

export interface Renewal<Enrolled> {
  /** Enrols now. Rejects as the given `enrol` does. */
  enrol(): Promise<Enrolled>;
  /** Enrols again after `firstDelayMs`, and on and on until the signal is aborted. Never rejects. */
  stayEnrolled(firstDelayMs: number): Promise<void>;
  /** Does not wait for half-life, unless it was tried within the last 15 s: who is still unknown then says so again. */
  hurry(): void;
}

export interface RenewalParts<Enrolled> {
  readonly enrol: () => Promise<Enrolled>;
  /** What `stayEnrolled` does not reject with. */
  readonly onFailure: (error: unknown) => void;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly signal: AbortSignal;
}

export function createRenewal<Enrolled extends { readonly renewAfterMs: number }>(
  parts: RenewalParts<Enrolled>,
): Renewal<Enrolled> {
  const { onFailure, clock, signal } = parts;
  let waiting = new AbortController();
  let attemptedAtMs = Number.NEGATIVE_INFINITY;

  const enrol = (): Promise<Enrolled> => {
    attemptedAtMs = clock.monotonicMs();
    return parts.enrol();
  };

  return {
    enrol,
    async stayEnrolled(firstDelayMs) {
      for (let delayMs = firstDelayMs; ; ) {
        waiting = new AbortController();
        const either = AbortSignal.any([signal, waiting.signal]);
        await after(delayMs, undefined, { signal: either }).catch(() => undefined);
        if (signal.aborted) return;
        delayMs = await enrol().then(
          ({ renewAfterMs }) => renewAfterMs,
          (error: unknown) => {
            onFailure(error);
            return RETRY_MS;
          },
        );
      }
    },
    hurry() {
      if (clock.monotonicMs() - attemptedAtMs >= HURRY_EVERY_MS) waiting.abort();
    },
  };
}
