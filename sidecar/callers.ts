// Who calls: a container of the agent's pod, known by a token that only it can read. Tokens are compared by their
// SHA-256, so a comparison's time says nothing about a token.
import { createHash, randomBytes } from 'node:crypto';

export interface Caller {
  readonly kind: 'caller';
  readonly container: string;
}

export interface Callers {
  /** The caller that holds this token, or undefined: no token, no service. */
  find(token: string | undefined): Caller | undefined;
  /** A new token for a container. The former one holds for `FORMER_TOKEN_MS`, for a client that has just read it. */
  issue(container: string, nowMs: number): string;
  /** Knows a token again that was given out before a crash. */
  adopt(container: string, token: string): void;
}

/** 32 random bytes: no guess reaches it. */
const TOKEN_BYTES = 32;
/** Clients re-read their token file after a minute (client-go's cachingTokenSource, the Python client); the rest is room. */
export const FORMER_TOKEN_MS = 90_000;

interface Known {
  readonly caller: Caller;
  untilMs: number;
}

/** The callers of one pod. `now` is monotonic, in milliseconds. */
export function createCallers(now: () => number): Callers {
  const known = new Map<string, Known>();
  const adopt = (container: string, token: string): void => {
    known.set(digest(token), { caller: { kind: 'caller', container }, untilMs: Number.POSITIVE_INFINITY });
  };
  return {
    adopt,
    find(token) {
      if (token === undefined) return undefined;
      const entry = known.get(digest(token));
      return entry !== undefined && now() < entry.untilMs ? entry.caller : undefined;
    },
    issue(container, nowMs) {
      for (const [key, entry] of known) {
        if (entry.untilMs <= nowMs) known.delete(key);
        else if (entry.caller.container === container)
          entry.untilMs = Math.min(entry.untilMs, nowMs + FORMER_TOKEN_MS);
      }
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      adopt(container, token);
      return token;
    },
  };
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
