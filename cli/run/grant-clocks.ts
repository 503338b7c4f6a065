// When the Grants of a policy file end. A Grant's clock starts when its name is first read; an edit never restarts it, and
// one that was removed stays ended.
import { parseDuration } from '../../policy/duration.ts';
import type { Grant } from '../../policy/kinds/grant.ts';

export interface GrantClocks {
  /** The Grants that are live, each with the status that the controller would have given it. */
  live(grants: readonly Grant[], now: Moment): Grant[];
}

/** One moment on both clocks, in milliseconds: a suspended machine stops the one, a set clock moves the other. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function elapsedMs(since: Moment, now: Moment): number {
  return Math.max(now.monotonicMs - since.monotonicMs, now.wallMs - since.wallMs);
}

export function createGrantClocks(): GrantClocks {
  const started = new Map<string, Moment>();
  const ended = new Set<string>();
  return {
    live(grants, now) {
      const names = new Set(grants.map((grant) => grant.metadata.name));
      for (const name of started.keys()) if (!names.has(name)) ended.add(name);
      return grants.flatMap((grant) => {
        const { name } = grant.metadata;
        const since = started.get(name) ?? now;
        started.set(name, since);
        const remainingMs = (parseDuration(grant.spec.duration) ?? 0) - elapsedMs(since, now);
        if (remainingMs <= 0) ended.add(name);
        const expiresAt = new Date(now.wallMs + Math.max(0, remainingMs)).toISOString();
        const phase = ended.has(name) ? ('Ended' as const) : ('Active' as const);
        return [{ ...grant, status: { phase, expiresAt } }];
      });
    },
  };
}
