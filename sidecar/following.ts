// The connection that the entitlements come by, for whatever else is asked of the same replica; and the next one, when it has
// ended.
import type { ControllerConnection } from './controller-connection.ts';

export type Line = Pick<ControllerConnection, 'request'>;

export interface Following {
  /** From the first entitlements on a connection until it ends. */
  set(line: Line | undefined): void;
  /** The connection, once there is one that is not `former`; undefined: there was none until `signal` was aborted. */
  next(former: Line | undefined, signal: AbortSignal): Promise<Line | undefined>;
}

export function createFollowing(): Following {
  const waiting = new Set<() => void>();
  let current: Line | undefined;

  const change = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });

  return {
    set(line) {
      current = line;
      for (const done of waiting) done();
    },
    async next(former, signal) {
      while (!signal.aborted) {
        if (current !== undefined && current !== former) return current;
        await change(signal);
      }
      return undefined;
    },
  };
}
