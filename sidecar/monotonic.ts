// The sidecar's clocks: monotonic milliseconds for every deadline, and the wall clock only to notice a suspended machine.
import { performance } from 'node:perf_hooks';

export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number;
  /** Milliseconds since the epoch. */
  wallMs(): number;
}

export const systemClock: Clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };
