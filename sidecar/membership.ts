// This pod's standing with the controller: enrolled at the start and again at half-life, following its entitlements all the
// while. A sidecar that comes back after a crash goes on with what it kept, and enrols when it can.
import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.ts';
import { EnrolmentRefused } from './enrol.ts';
import type { SidecarConfig } from './environment.ts';
import { followEntitlements } from './follow-entitlements.ts';
import type { Following } from './following.ts';
import type { HeldEntitlements } from './held-entitlements.ts';
import { enrolPod, type Identity, keepRoots, keptLoopback, type Loopback, newestRoots } from './identity.ts';
import type { Clock } from './monotonic.ts';
import { whyUnreachable } from './unreachable.ts';

/** The pod cannot be served; the message is for `kubectl describe pod`. */
export class CannotJoin extends Error {
  override readonly name = 'CannotJoin';
}

export interface Membership {
  /** What to serve with at first. */
  readonly loopback: Loopback;
  /** Calls `listener` with what to serve with from then on. */
  onRenewal(listener: (loopback: Loopback) => void): void;
}

export interface MembershipParts {
  readonly config: SidecarConfig;
  readonly held: HeldEntitlements;
  readonly following: Following;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** A pod that is not enrolled by then says why and starts anew: its agent has not started yet. */
const GIVE_UP_MS = 20_000;
const RETRY_MS = 1000;
/** Renewal begins at half-life, which leaves half an hour for a controller that is down. */
const RENEWAL_RETRY_MS = 30_000;
/** A controller that knows no identity of ours, whatever we enrol for, is not asked more often: each asks for two keys. */
const HURRY_EVERY_MS = 15_000;

/** Joins, or comes back. Rejects with CannotJoin where a pod that has nothing kept cannot be enrolled in time. */
export async function join(parts: MembershipParts): Promise<Membership> {
  const { config, held, following, clock, log, signal } = parts;
  const kept = await keptLoopback();
  const listeners: ((loopback: Loopback) => void)[] = [];
  let roots = await newestRoots(config);
  let identity: Identity | undefined;
  let enrolNow = (): void => {};
  let attemptedAtMs = Number.NEGATIVE_INFINITY;

  const enrol = async (): Promise<Identity> => {
    const isFirst = identity === undefined;
    attemptedAtMs = clock.monotonicMs();
    const own = await enrolPod(config, roots);
    identity = own;
    roots = own.roots;
    if (isFirst) {
      const controller = () => ({ url: config.controller, roots });
      const onRoots = (newer: string): void => {
        if (newer === roots) return;
        roots = newer;
        keepRoots(newer).catch((error: unknown) => log.warn('the new roots could not be kept', { error }));
      };
      const onUnknown = (): void => {
        if (clock.monotonicMs() - attemptedAtMs >= HURRY_EVERY_MS) enrolNow();
      };
      void followEntitlements(
        {
          controller,
          identity: () => (identity ?? own).client,
          held,
          following,
          clock,
          log,
          onRoots,
          onUnknown,
        },
        signal,
      );
    }
    for (const listener of listeners) listener(own.loopback);
    return own;
  };

  const stayEnrolled = async (firstDelayMs: number): Promise<void> => {
    for (let delayMs = firstDelayMs; !signal.aborted; ) {
      const hurry = new AbortController();
      enrolNow = () => hurry.abort();
      await after(delayMs, undefined, { signal: AbortSignal.any([signal, hurry.signal]) }).catch(
        () => undefined,
      );
      if (signal.aborted) return;
      delayMs = await enrol().then(
        ({ renewAfterMs }) => renewAfterMs,
        (error: unknown) => {
          log.warn('enrolment failed', { error, reason: reasonOf(error) });
          return RENEWAL_RETRY_MS;
        },
      );
    }
  };

  if (kept !== undefined) {
    void stayEnrolled(0);
    return { loopback: kept, onRenewal: (listener) => void listeners.push(listener) };
  }
  const { loopback, renewAfterMs } = await untilGivenUp(enrol, clock);
  await firstSnapshot(held);
  void stayEnrolled(renewAfterMs);
  return { loopback, onRenewal: (listener) => void listeners.push(listener) };
}

async function untilGivenUp(enrol: () => Promise<Identity>, clock: Clock): Promise<Identity> {
  const giveUpAtMs = clock.monotonicMs() + GIVE_UP_MS;
  for (;;) {
    try {
      return await enrol();
    } catch (error) {
      if (clock.monotonicMs() > giveUpAtMs)
        throw new CannotJoin(`the pod cannot be enrolled: ${reasonOf(error)}`);
      await after(RETRY_MS);
    }
  }
}

function firstSnapshot(held: HeldEntitlements): Promise<void> {
  if (held.current() !== undefined) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const why = `enrolled, but no entitlements came within ${GIVE_UP_MS / 1000} s`;
    const late = setTimeout(() => reject(new CannotJoin(why)), GIVE_UP_MS);
    held.onChange(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

/** For a person: the controller's own words, or the system's name for what went wrong. */
function reasonOf(error: unknown): string {
  if (error instanceof EnrolmentRefused) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : whyUnreachable(code);
}
