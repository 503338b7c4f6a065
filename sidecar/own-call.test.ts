// The sidecar's own calls, over real TLS to a server that answers as a test says.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Presented } from './credential.ts';
import { createOwnGet, MAX_OWN_ANSWER_BYTES } from './own-call.ts';
import { createRoom } from './room.ts';
import { selfSigned } from './test-tls.ts';
import { createUpstream } from './upstream.ts';

const TARGET = '/api/v1/namespaces/shop/secrets/web';
const { chain, key } = selfSigned();
let answer: (req: IncomingMessage, res: ServerResponse) => void;
const came: IncomingMessage[] = [];
const server = createServer({ cert: chain, key, keepAliveTimeout: 0 }, (req, res) => {
  came.push(req);
  answer(req, res);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const upstream = createUpstream({
  url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/prefix`),
  ca: chain,
});
afterAll(() => {
  upstream.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  came.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const REAL: Presented = { kind: 'presented', bearer: 'real' };

function calling({ present = async () => REAL as Presented | undefined, bytes = 1 << 24 } = {}) {
  const room = createRoom(bytes);
  const cutting = new AbortController();
  const within = { auditId: 'call', signal: cutting.signal, hold: room() };
  const get = createOwnGet({ upstream, credential: { present } }, within);
  return { get: () => get(TARGET), cut: () => cutting.abort(), room };
}

const json = (status: number, body: unknown) => (_req: IncomingMessage, res: ServerResponse) =>
  void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

test('asks for JSON as it is, under the credential, as a numbered child, and with nothing else', async () => {
  answer = json(200, { kind: 'Secret' });
  const { get } = calling();
  expect(await get()).toEqual({ kind: 'ok', bytes: new TextEncoder().encode('{"kind":"Secret"}') });
  await get();
  expect(came.map(({ method, url, headers }) => ({ method, url, ...headers }))).toMatchObject(
    ['call.1', 'call.2'].map((auditId) => ({
      method: 'GET',
      url: `/prefix${TARGET}`,
      'audit-id': auditId,
      authorization: 'Bearer real',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'chaperone',
    })),
  );
  expect(Object.keys(came[0]?.headers ?? {}).sort()).toEqual([
    'accept',
    'accept-encoding',
    'audit-id',
    'authorization',
    'connection',
    'host',
    'user-agent',
  ]);
});

test('any other status is told with when to come again, and its body is not read', async () => {
  answer = (_req, res) => void res.writeHead(429, { 'retry-after': '3' }).end('{"secret":"body"}');
  expect(await calling().get()).toEqual({ kind: 'status', status: 429, retryAfter: '3' });
});

test('without a credential nothing is asked', async () => {
  expect(await calling({ present: async () => undefined }).get()).toEqual({ kind: 'noCredential' });
  expect(came).toEqual([]);
});

test('an answer is held of the room until the next, and one that is too large, or has no room, is not', async () => {
  answer = json(200, 'x'.repeat(100));
  const { get, room } = calling({ bytes: 300 });
  expect(await get()).toMatchObject({ kind: 'ok' });
  expect([199, 198].map((bytes) => room()(bytes))).toEqual([false, true]);
  expect(await calling({ bytes: 50 }).get()).toEqual({ kind: 'noRoom' });
  answer = json(200, 'x'.repeat(MAX_OWN_ANSWER_BYTES));
  expect(await calling().get()).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('larger than 2097152'),
  });
});

describe('fails', () => {
  test.each<[string, typeof answer, RegExp]>([
    [
      'what breaks off',
      (_req, res) => void res.writeHead(200, { 'content-length': 9 }).write('{', () => res.destroy()),
      /./,
    ],
    ['what is never answered', (req) => void req.socket.destroy(), /^ECONNRESET$/],
  ])('%s', async (_, behaviour, why) => {
    answer = behaviour;
    expect(await calling().get()).toEqual({ kind: 'failed', why: expect.stringMatching(why) });
  });

  test('what is cut, at its head and within its body', async () => {
    for (const behaviour of [() => {}, (_req: IncomingMessage, res: ServerResponse) => void res.write('{')]) {
      answer = behaviour;
      const { get, cut } = calling();
      const got = get();
      await expect.poll(() => came.length).toBeGreaterThan(0);
      const cutMs = performance.now();
      cut();
      expect(await got).toEqual({ kind: 'failed', why: 'the call it was read for has ended' });
      expect(performance.now() - cutMs).toBeLessThan(5000);
      came.length = 0;
    }
  });

  test('what takes longer than ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    answer = (_req, res) => void res.write('{');
    const got = calling().get();
    await vi.waitUntil(() => came.length > 0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await got).toMatchObject({ kind: 'failed' });
  });
});

test('a connection that the server closed as it was taken up again is no failure', async () => {
  answer = json(200, 1);
  const { get } = calling();
  await get();
  answer = (req, res) => {
    answer = json(200, 2);
    if (came.at(-2)?.socket === req.socket) req.socket.destroy();
    else json(200, 'a connection of its own')(req, res);
  };
  expect(await get()).toEqual({ kind: 'ok', bytes: new TextEncoder().encode('2') });
  expect(came.map(({ headers }) => headers['audit-id'])).toEqual(['call.1', 'call.2', 'call.2']);
});
