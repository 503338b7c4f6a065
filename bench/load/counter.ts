// Counts what is done within the window, and nothing before it.
import { percentile } from '../statistics.ts';
import type { Counted } from './job.ts';

export interface Counter {
  /** One request done, with its time; or some events. */
  done(count: number, tookMs?: number): void;
  readonly over: boolean;
}

/** Opens the window after the warm-up, tells `begin`, and resolves at its end. */
export function openWindow(
  warmUpMs: number,
  windowMs: number,
  begin: () => void,
): { readonly counter: Counter; readonly result: Promise<Counted> } {
  const result = Promise.withResolvers<Counted>();
  const latencies: number[] = [];
  let count = 0;
  let beganMs: number | undefined;
  let over = false;
  setTimeout(() => {
    begin();
    beganMs = performance.now();
    setTimeout(close, windowMs, beganMs);
  }, warmUpMs);
  const close = (sinceMs: number): void => {
    over = true;
    const tookMs = performance.now() - sinceMs;
    if (count === 0) {
      result.reject(new Error('nothing was done in the whole window'));
      return;
    }
    const [p50Ms, p99Ms] = latencies.length === 0 ? [] : [0.5, 0.99].map((at) => percentile(latencies, at));
    const latency = p50Ms === undefined || p99Ms === undefined ? {} : { latency: { p50Ms, p99Ms } };
    result.resolve({ count, tookMs, ...latency });
  };
  return {
    result: result.promise,
    counter: {
      done(number, tookMs) {
        if (over || beganMs === undefined) return;
        count += number;
        if (tookMs !== undefined) latencies.push(tookMs);
      },
      get over() {
        return over;
      },
    },
  };
}
