// The port against callers who only want to keep others from it. All of it on loopback, each caller by an address of its own.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { config } from '../../injector/fixtures.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { loopbackCredentials } from '../identity/credentials.fixture.ts';
import { BODY_BYTES, MAX_BODY_BYTES } from './bodies.ts';
import type { GrantFacts } from './grants.ts';
import type { PolicyFacts } from './policies.ts';
import { startWebhooks, WEBHOOK_PORT } from './server.ts';

const ADDRESS = '127.61.44.9';
const ATTACKER = '127.61.44.10';
const KUBELET = '127.61.44.11';
const to = { host: ADDRESS, port: WEBHOOK_PORT };

let notReady: string | undefined;
const server = await startWebhooks({
  address: ADDRESS,
  credentials: await loopbackCredentials(),
  injector: () => config,
  policies: {} as PolicyFacts,
  grants: {} as GrantFacts,
  notReady: () => notReady,
  log: createLogger({ component: 'controller', level: 'error' }),
});
afterAll(() => server.stop());

const closing = (socket: Socket) => once(socket.on('error', () => {}).resume(), 'close');

async function get(path: string): Promise<IncomingMessage> {
  const asked = request({ ...to, path, localAddress: KUBELET, rejectUnauthorized: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer.resume();
}
const probe = async () => (await get('/livez')).statusCode;

/** Begins a call with a body of this many bytes, none of which it sends; what is answered before that. */
function announce(bytes: number | undefined, localAddress: string) {
  const headers = bytes === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': bytes };
  const asked = request({
    ...to,
    path: '/mutate-pods',
    method: 'POST',
    localAddress,
    headers: { ...headers, 'content-type': 'application/json' },
    rejectUnauthorized: false,
  });
  asked.on('error', () => {}).flushHeaders();
  return { asked, status: once(asked, 'response').then(([answer]) => answer.statusCode as number) };
}

test('who connects and is silent is gone soon, before the handshake and after it', async () => {
  const loosely = { ...to, localAddress: ATTACKER, rejectUnauthorized: false };
  const raw = connect({ ...to, localAddress: ATTACKER });
  const shaken = connectTls(loosely);
  await Promise.all([closing(raw), closing(shaken)]);
}, 4_000);

test('one address takes a part of the connections, and leaves the others theirs', async () => {
  const beganMs = performance.now();
  const many = Array.from({ length: 100 }, () => connect({ ...to, localAddress: ATTACKER }));
  const ends = many.map((each) => closing(each).then(() => performance.now() - beganMs));
  expect(await probe()).toBe(200);
  // Those beyond its share go at once, the others when they have been silent for a second.
  const lives = await Promise.all(ends);
  expect(lives.filter((ms) => ms < 900)).toHaveLength(100 - 64);
});

test('one address takes a part of the bytes, and leaves the others theirs until it gives them back', async () => {
  const share = BODY_BYTES.each / MAX_BODY_BYTES;
  const held = Array.from({ length: share }, () => announce(MAX_BODY_BYTES, ATTACKER));
  // Those of its share wait for their bodies; which of all was one too many depends on the order of arrival.
  const refused = await Promise.race([...held, announce(1, ATTACKER)].map(({ status }) => status));
  expect(refused).toBe(429);
  const body = '{}';
  const other = announce(body.length, KUBELET);
  other.asked.end(body);
  expect(await other.status).toBe(200);
  for (const { asked } of held) asked.destroy();
  await expect
    .poll(async () => {
      const again = announce(body.length, ATTACKER);
      again.asked.end(body);
      return again.status;
    })
    .toBe(200);
});

test('a body without a length is not read', async () => {
  expect(await announce(undefined, ATTACKER).status).toBe(411);
});

test('one that is not ready lets no connection stand, so that the next call goes to another', async () => {
  const ready = await get('/readyz');
  expect([ready.statusCode, ready.headers.connection]).toEqual([200, 'keep-alive']);
  notReady = 'the API server does not answer';
  for (const path of ['/readyz', '/livez']) expect((await get(path)).headers.connection).toBe('close');
  notReady = undefined;
});
