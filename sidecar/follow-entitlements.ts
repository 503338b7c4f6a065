// Keeps the entitlements current: follows the controller's stream, takes each snapshot that is not older than the last one,
// and connects again when the stream ends, to whichever replica the Service leads. How long to believe is the snapshot's
// to say: its lease.
import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.ts';
import { type EntitlementsMessage, EntitlementsMessageSchema } from '../wire/entitlements.ts';
import { readLines } from '../wire/lines.ts';
import { ENDED_BECAUSE, ROUTES } from '../wire/routes.ts';
import { type ClientIdentity, type ControllerAddress, connectController } from './controller-connection.ts';
import type { Following } from './following.ts';
import type { HeldEntitlements } from './held-entitlements.ts';
import type { Clock } from './monotonic.ts';

export interface FollowParts {
  /** The controller and the identity of the moment: both are renewed. */
  readonly controller: () => ControllerAddress;
  readonly identity: () => ClientIdentity;
  readonly held: HeldEntitlements;
  /** Told which connection they come by. */
  readonly following: Pick<Following, 'set'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Takes the roots by which the controller is believed from now on. */
  readonly onRoots: (roots: string) => void;
  /** The controller does not know the identity any more: another is needed. */
  readonly onUnknown: () => void;
}

/** A renewal comes every third of a lease; a stream without one for this long is opened anew, also if its peer lives. */
const SILENCE_MS = 45_000;
/** Between two attempts: soon after the first failure, then seldom, never at the same moment as every other sidecar. */
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;
/** Of the controller's own words in our log. */
const MAX_WHY = 256;

/** Follows until `signal` is aborted. Never rejects. */
export async function followEntitlements(parts: FollowParts, signal: AbortSignal): Promise<void> {
  const newest: Versions = { policy: -1n, grants: -1n };
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await followOnce(parts, newest, signal, () => {
        failures = 0;
      });
    } catch (error) {
      if (!signal.aborted) parts.log.warn('the entitlements stream ended', { error });
    }
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * (0.5 + Math.random());
    await after(wait, undefined, { signal }).catch(() => undefined);
  }
}

/** The highest resourceVersions seen; a snapshot lower in either is a late one. */
interface Versions {
  policy: bigint;
  grants: bigint;
}

async function followOnce(
  parts: FollowParts,
  newest: Versions,
  signal: AbortSignal,
  onSnapshot: () => void,
): Promise<void> {
  const connection = await connectController(parts.controller(), parts.identity());
  if (signal.aborted) return connection.close();
  const stream = connection.request(ROUTES.entitlements.method, ROUTES.entitlements.path);
  const stop = (): void => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  stream.setTimeout(SILENCE_MS, () => stream.destroy(new Error('no snapshot came')));
  stream.on('response', (headers) => {
    if (headers[':status'] === 401) parts.onUnknown();
    if (headers[':status'] !== 200)
      stream.destroy(new Error(`the controller answered ${headers[':status']}`));
  });
  stream.on('trailers', ({ [ENDED_BECAUSE]: why }) =>
    parts.log.info('the controller ended the entitlements stream', {
      why: `${why ?? 'it does not say'}`.slice(0, MAX_WHY),
    }),
  );
  const read = readLines();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const arrivedMs = parts.clock.monotonicMs();
      for (const line of read(chunk)) {
        if (line.kind === 'broken') throw new Error(line.why);
        if (takeMessage(parts, newest, line.text, arrivedMs)) onSnapshot();
        parts.following.set(connection);
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    parts.following.set(undefined);
    connection.close();
  }
}

/** A message that is not understood whole ends the stream: what follows it cannot be trusted either. */
function takeMessage(parts: FollowParts, newest: Versions, text: string, arrivedMs: number): boolean {
  const message: EntitlementsMessage = EntitlementsMessageSchema.parse(JSON.parse(text));
  const versions = {
    policy: BigInt(message.policyResourceVersion),
    grants: BigInt(message.grantsResourceVersion),
  };
  if (versions.policy < newest.policy || versions.grants < newest.grants) {
    parts.log.warn('a snapshot older than the one held was left aside');
    return false;
  }
  Object.assign(newest, versions);
  parts.onRoots(message.controlRoots);
  parts.held.take(message.snapshot, arrivedMs);
  return true;
}
