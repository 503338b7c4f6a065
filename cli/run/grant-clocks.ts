// When the Grants of a policy file end. A Grant's clock starts when its name is first read; an edit never restarts it, and
// one that has ended or was removed stays ended.
import { parseDuration } from '../../policy/duration.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import type { Clock } from '../../sidecar/monotonic.ts';

export interface GrantClocks {
  /** All Grants of the file as it stands: each comes back with the status that the controller would have given it. */
  read(grants: readonly Grant[], now: Moment): Grant[];
}

/** One moment on both clocks, in milliseconds. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function momentOf(clock: Clock): Moment {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
}

/** A suspended machine stops the monotonic clock, and a person may set the other: the one that went further counts. */
export function elapsedMs(since: Moment, now: Moment): number {
  return Math.max(now.monotonicMs - since.monotonicMs, now.wallMs - since.wallMs);
}

export function createGrantClocks(): GrantClocks {
  const started = new Map<string, Moment>();
  const ended = new Set<string>();
  return {
    read(grants, now) {
      const names = new Set(grants.map(({ metadata }) => metadata.name));
      for (const name of started.keys()) if (!names.has(name)) ended.add(name);
      return grants.map((grant) => {
        const { name } = grant.metadata;
        const since = started.get(name) ?? now;
        started.set(name, since);
        const remainingMs = (parseDuration(grant.spec.duration) ?? 0) - elapsedMs(since, now);
        if (remainingMs <= 0) ended.add(name);
        const expiresAt = new Date(now.wallMs + Math.max(0, remainingMs)).toISOString();
        return { ...grant, status: { phase: ended.has(name) ? 'Ended' : 'Active', expiresAt } };
      });
    },
  };
}
