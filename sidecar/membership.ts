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
import { createRenewal } from './renewal.ts';
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
/** Who comes back is soon told what holds; where the controller is away, the agent had better be told so than not be served. */
const BACK_WITHIN_MS = 5_000;

/** Joins, or comes back. Rejects with CannotJoin where a pod that has nothing kept cannot be enrolled in time. */
export async function join(parts: MembershipParts): Promise<Membership> {
  const { config, held, following, clock, log, signal } = parts;
  const kept = await keptLoopback();
  const listeners: ((loopback: Loopback) => void)[] = [];
  let roots = await newestRoots(config);
  let identity: Identity | undefined;

  const enrol = async (): Promise<Identity> => {
    const isFirst = identity === undefined;
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
      void followEntitlements(
        {
          controller,
          identity: () => (identity ?? own).client,
          held,
          following,
          clock,
          log,
          onRoots,
          onUnknown: renewal.hurry,
        },
        signal,
      );
    }
    for (const listener of listeners) listener(own.loopback);
    return own;
  };

  const renewal = createRenewal({
    enrol,
    onFailure: (error) => log.warn('enrolment failed', { error, reason: reasonOf(error) }),
    clock,
    signal,
  });

  if (kept !== undefined) {
    void renewal.stayEnrolled(0);
    await firstSnapshot(held, BACK_WITHIN_MS);
    const newest = (): Loopback => identity?.loopback ?? kept;
    const loopback = newest();
    return {
      loopback,
      onRenewal(listener) {
        listeners.push(listener);
        // It may have been renewed since.
        if (newest() !== loopback) listener(newest());
      },
    };
  }
  const { loopback, renewAfterMs } = await untilGivenUp(renewal.enrol, clock);
  if (!(await firstSnapshot(held, GIVE_UP_MS)))
    throw new CannotJoin(`enrolled, but no entitlements came within ${GIVE_UP_MS / 1000} s`);
  void renewal.stayEnrolled(renewAfterMs);
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

/** Whether it came in time. */
function firstSnapshot(held: HeldEntitlements, withinMs: number): Promise<boolean> {
  if (held.current() !== undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), withinMs);
    held.onChange(() => {
      clearTimeout(late);
      resolve(true);
    });
  });
}

/** For a person: the controller's own words, or the system's name for what went wrong. */
function reasonOf(error: unknown): string {
  if (error instanceof EnrolmentRefused) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : whyUnreachable(code);
}
