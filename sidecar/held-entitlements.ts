// What this pod may do right now, as last sent: a snapshot is believed for its lease and no longer, and not across a
// suspension of the machine, during which the monotonic clock stood still.
import { type Entitlements, receiveSnapshot } from '../policy/entitlements.ts';
import type { Snapshot } from '../policy/snapshot.ts';
import type { Clock } from './monotonic.ts';

export interface HeldEntitlements {
  /** The entitlements to decide with; undefined: there are none that are believed. */
  current(): Entitlements | undefined;
  /** Takes a snapshot that was asked for or arrived at `arrivedMs` (monotonic), in place of the former. */
  take(snapshot: Snapshot, arrivedMs: number): void;
  /** Calls `listener` after every snapshot that was taken. */
  onChange(listener: () => void): void;
}

/** Wall and monotonic clocks drift by less than this; more means that the machine slept or its clock was set. */
export const MAX_CLOCK_PARTING_MS = 2000;

export function createHeldEntitlements(clock: Clock): HeldEntitlements {
  let held: { readonly entitlements: Entitlements; readonly offsetMs: number } | undefined;
  const listeners: (() => void)[] = [];
  const offset = (): number => clock.wallMs() - clock.monotonicMs();

  return {
    current() {
      if (held === undefined) return undefined;
      const parted = Math.abs(offset() - held.offsetMs) > MAX_CLOCK_PARTING_MS;
      return parted ? undefined : held.entitlements;
    },
    take(snapshot, arrivedMs) {
      held = { entitlements: receiveSnapshot(snapshot, arrivedMs), offsetMs: offset() };
      for (const listener of listeners) listener();
    },
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
