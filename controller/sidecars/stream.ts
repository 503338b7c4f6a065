// One sidecar's entitlements stream: a snapshot at once, at every change, and as renewal of the lease. Holds at most one
// unsent message; a reader that does not take it is dropped, and its lease runs out.
import type { ServerHttp2Stream } from 'node:http2';
import type { Logger } from '../../telemetry/logger.ts';
import type { EntitlementsMessage } from '../../wire/entitlements.ts';
import { printLine } from '../../wire/lines.ts';
import { ENDED_BECAUSE, LINES_CONTENT_TYPE } from '../../wire/routes.ts';
import type { SeenAgent } from './agent.ts';
import { RENEW_EVERY_MS } from './lease.ts';
import type { Started } from './message.ts';

/** A message that a living reader has not taken by then will not be taken. */
const TAKEN_WITHIN_MS = 10_000;
/** When nothing could be said, because the caches were not current or the API server did not answer. */
const AGAIN_AFTER_MS = 1_000;

export interface StreamDeps {
  readonly lookAgain: (agent: SeenAgent) => Promise<SeenAgent>;
  /** `undefined` where no standing lifetime counts for this agent. */
  readonly standingOf: (agent: SeenAgent) => Promise<Started | undefined>;
  readonly message: (agent: SeenAgent, started: Started | undefined) => EntitlementsMessage | undefined;
  readonly log: Logger;
}

export interface EntitlementsStream {
  readonly agent: SeenAgent;
  /** Says now what holds now. */
  tell(): void;
  /** Asks the API server anew about the agent, then tells. */
  renew(): void;
  /** Ends it in order; the sidecar comes again, to this replica or another. */
  end(why: string): void;
}

/** Answers the request of `stream` with messages until it closes. */
export function startStream(
  stream: ServerHttp2Stream,
  seen: SeenAgent,
  deps: StreamDeps,
): EntitlementsStream {
  const { lookAgain, standingOf, message, log } = deps;
  let agent = seen;
  let started: Started | undefined;
  let isKnown = false;
  let renewal: NodeJS.Timeout | undefined;
  let stuck: NodeJS.Timeout | undefined;
  let isRenewing = false;
  let isBehind = false;
  let endedBecause = '';

  /** It has gone, or has been ended in order and is going. */
  const isOver = () => stream.writableEnded || stream.closed || stream.destroyed;

  /** Whether it was said, or will be as soon as the reader has taken what came before. */
  function tell(): boolean {
    // Before it is known how long its workload has left, it would be told that nothing is.
    if (!isKnown || isOver()) return false;
    isBehind = stream.writableNeedDrain;
    if (isBehind) return true;
    const next = message(agent, started);
    if (next === undefined) return false;
    const line = print(next);
    if (line === undefined) return false;
    if (!stream.write(line)) stuck = setTimeout(() => stream.destroy(), TAKEN_WITHIN_MS);
    return true;
  }

  /** What no reader would take ends the stream: better no lease than half the entitlements. */
  function print(next: EntitlementsMessage): Uint8Array | undefined {
    try {
      return printLine(next);
    } catch (error) {
      log.error('the entitlements of an agent are too long to send', {
        namespace: agent.namespace,
        pod: agent.pod,
        error,
      });
      stream.destroy();
      return undefined;
    }
  }

  async function renew(): Promise<void> {
    if (isRenewing) return;
    isRenewing = true;
    clearTimeout(renewal);
    let said = false;
    try {
      agent = await lookAgain(agent);
      started = await standingOf(agent);
      isKnown = true;
      said = tell();
    } catch (error) {
      log.warn('a lease could not be renewed', { namespace: agent.namespace, pod: agent.pod, error });
    }
    isRenewing = false;
    if (isOver()) return;
    // A little apart, so that sidecars that came together do not renew together.
    const every = RENEW_EVERY_MS * (0.9 + 0.2 * Math.random());
    renewal = setTimeout(renew, said ? every : AGAIN_AFTER_MS);
  }

  stream.respond({ ':status': 200, 'content-type': LINES_CONTENT_TYPE }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ [ENDED_BECAUSE]: endedBecause }));
  stream.on('drain', () => {
    clearTimeout(stuck);
    if (isBehind) tell();
  });
  stream.on('close', () => {
    clearTimeout(stuck);
    clearTimeout(renewal);
  });
  void renew();
  return {
    agent: seen,
    tell: () => void tell(),
    renew: () => void renew(),
    end(why) {
      endedBecause = why;
      stream.end();
    },
  };
}
