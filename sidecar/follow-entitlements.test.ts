import type { ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { factsOf } from '../policy/fixtures.ts';
import { takeSnapshot } from '../policy/take-snapshot.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { EntitlementsMessage } from '../wire/entitlements.ts';
import { printLine } from '../wire/lines.ts';
import { followEntitlements } from './follow-entitlements.ts';
import { createFollowing } from './following.ts';
import { createHeldEntitlements } from './held-entitlements.ts';
import { systemClock } from './monotonic.ts';
import { selfSigned, startController } from './test-tls.ts';

const own = selfSigned();
const ended: AbortController[] = [];
afterEach(() => {
  for (const ending of ended.splice(0)) ending.abort();
});

const message = (policy: number, grants: number, leaseMs: number): EntitlementsMessage => ({
  kind: 'snapshot',
  policyResourceVersion: String(policy),
  grantsResourceVersion: String(grants),
  controlRoots: own.chain,
  snapshot: takeSnapshot(factsOf({ leaseMs })),
});

/** Follows a controller that does `answer` with each stream; gives what was taken, by its lease. */
async function following(
  answer: (stream: ServerHttp2Stream, nth: number) => void,
  statuses: readonly number[] = [],
) {
  const peers: unknown[] = [];
  let streams = 0;
  const controller = await startController((stream, headers) => {
    const certificate = (stream.session?.socket as TLSSocket | undefined)?.getPeerX509Certificate();
    peers.push([headers[':method'], headers[':path'], certificate?.toString().trim()]);
    streams += 1;
    stream.respond({ ':status': statuses[streams - 1] ?? 200 });
    answer(stream, streams);
  });
  const ending = new AbortController();
  ended.push(ending);
  const held = createHeldEntitlements(systemClock);
  const leases: number[] = [];
  const take: typeof held.take = (snapshot, arrivedMs) => {
    leases.push(snapshot.leaseMs);
    held.take(snapshot, arrivedMs);
  };
  const line = createFollowing();
  const roots: string[] = [];
  let unknown = 0;
  const parts = {
    controller: () => controller,
    identity: () => ({ certificate: own.chain, key: own.key }),
    held: { ...held, take },
    following: line,
    clock: systemClock,
    log: createLogger({ component: 'test', level: 'error' }),
    onRoots: (newer: string) => void roots.push(newer),
    onUnknown() {
      unknown += 1;
    },
  };
  const done = followEntitlements(parts, ending.signal);
  return {
    controller,
    line,
    peers,
    leases,
    roots,
    get unknown() {
      return unknown;
    },
    ending,
    done,
    [Symbol.asyncDispose]: () => controller[Symbol.asyncDispose](),
  };
}

describe('the entitlements', () => {
  test('are followed under our identity, each snapshot taken when its line is whole', async () => {
    await using followed = await following((stream) => {
      const line = Buffer.from(printLine(message(1, 1, 100)));
      stream.write(line.subarray(0, 40));
      setImmediate(() => {
        stream.write(
          Buffer.concat([line.subarray(40), printLine(message(1, 1, 200)), Buffer.from('{"kind"')]),
        );
      });
    });
    await vi.waitFor(() => expect(followed.leases).toEqual([100, 200]));
    expect(followed.roots).toEqual([own.chain, own.chain]);
    expect(followed.peers).toEqual([['GET', '/v1/entitlements', own.chain.trim()]]);
  });

  test('come by a connection that is there for other questions until it ends, and then the next one is', async () => {
    const streams: ServerHttp2Stream[] = [];
    await using followed = await following((stream) => {
      streams.push(stream);
      stream.write(printLine(message(1, 1, 100)));
    });
    const patience = AbortSignal.timeout(4_000);
    const first = await followed.line.next(undefined, patience);
    streams[0]?.end();
    const second = await followed.line.next(first, patience);
    expect(second).toBeDefined();
    followed.ending.abort();
    await followed.done;
    expect(await followed.line.next(undefined, AbortSignal.timeout(50))).toBeUndefined();
  });

  test('are never replaced by older ones, on the same stream or the next', async () => {
    await using followed = await following((stream, nth) => {
      if (nth === 1) {
        for (const late of [message(5, 9, 1), message(5, 8, 2), message(4, 10, 3), message(6, 9, 4)])
          stream.write(printLine(late));
        stream.end();
      } else {
        for (const late of [message(5, 99, 5), message(10, 9, 6)]) stream.write(printLine(late));
      }
    });
    await vi.waitFor(() => expect(followed.leases).toEqual([1, 4, 6]));
  });

  test.each([
    ['is not understood whole', `${JSON.stringify({ ...message(2, 2, 9), also: 1 })}\n`],
    ['is of a kind nobody knows', '{"kind":"other"}\n'],
    ['is not JSON', 'yes\n'],
    ['is not UTF-8', Buffer.from([0xff, 0x0a])],
  ])('are asked for anew where a message %s, and nothing after it is believed', async (_, bad) => {
    await using followed = await following((stream, nth) => {
      if (nth > 1) return void stream.write(printLine(message(3, 3, 300)));
      return void stream.write(Buffer.concat([Buffer.from(bad), printLine(message(2, 2, 200))]));
    });
    await vi.waitFor(() => expect(followed.leases).toEqual([300]), { timeout: 4000 });
  });

  test('are asked for anew where the stream or the connection ends', async () => {
    await using followed = await following((stream, nth) => {
      stream.write(printLine(message(nth, 1, nth)));
      if (nth === 1) setImmediate(() => stream.end());
      if (nth === 2) setImmediate(() => stream.session?.destroy());
    });
    await vi.waitFor(() => expect(followed.leases).toEqual([1, 2, 3]), { timeout: 4000 });
  });

  test('are asked for anew where the identity is not known any more, and another is called for', async () => {
    await using followed = await following(
      (stream, nth) => {
        if (nth === 1) return stream.end();
        return void stream.write(printLine(message(1, 1, 100)));
      },
      [401],
    );
    await vi.waitFor(() => expect(followed.leases).toEqual([100]), { timeout: 4000 });
    expect(followed.unknown).toBe(1);
  });

  test('are asked for less and less often while no replica can tell them', async () => {
    const askedMs: number[] = [];
    await using _ = await following((stream) => {
      askedMs.push(performance.now());
      stream.end();
    }, Array(5).fill(503));
    await vi.waitFor(() => expect(askedMs.length).toBe(5), { timeout: 8000 });
    // Each pause is twice the one before, by half of itself more or less.
    const pauses = askedMs.slice(1).map((at, nth) => at - (askedMs[nth] ?? 0));
    for (const [nth, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(100 * 2 ** nth);
  }, 10_000);

  test('are no longer followed once the sidecar ends', async () => {
    await using followed = await following((stream) => void stream.write(printLine(message(1, 1, 100))));
    await vi.waitFor(() => expect(followed.leases).toEqual([100]));
    followed.ending.abort();
    await followed.done;
    expect(followed.controller.connections).toBe(1);
  });
});
