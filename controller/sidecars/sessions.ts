// The sessions of the port for sidecars: one that nothing is served on is closed within seconds, so that only who has an
// identity, or is just getting one, holds a place.
import type { Http2SecureServer, Http2Session } from 'node:http2';

/** Between the connection and what is asked on it, and after its answer. */
const UNUSED_MS = 5_000;
/** Nothing moves on it: a stream is renewed three times as often. */
const IDLE_MS = 60_000;

export interface Sessions {
  /** Something is served on it until what this returns is called, once. */
  use(session: Http2Session): () => void;
  all(): Iterable<Http2Session>;
}

export function keepSessions(server: Http2SecureServer): Sessions {
  const uses = new Map<Http2Session, { count: number; unused: NodeJS.Timeout }>();
  const soon = (session: Http2Session) => setTimeout(() => session.destroy(), UNUSED_MS);

  server.on('session', (session) => {
    uses.set(session, { count: 0, unused: soon(session) });
    session.on('close', () => {
      clearTimeout(uses.get(session)?.unused);
      uses.delete(session);
    });
    session.setTimeout(IDLE_MS, () => session.destroy());
    session.on('error', () => {});
  });

  return {
    use(session) {
      const kept = uses.get(session);
      if (kept === undefined) return () => {};
      kept.count += 1;
      clearTimeout(kept.unused);
      return () => {
        kept.count -= 1;
        if (kept.count === 0 && uses.has(session)) kept.unused = soon(session);
      };
    },
    all: () => uses.keys(),
  };
}
