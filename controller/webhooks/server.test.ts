// The port against callers who only want to keep others from it. All of it on loopback, each caller by an address of its own.
import { once } from 'node:events';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { config } from '../../injector/fixtures.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { loopbackCredentials } from '../identity/credentials.fixture.ts';
import type { GrantFacts } from './grants.ts';
import type { PolicyFacts } from './policies.ts';
import { startWebhooks, WEBHOOK_PORT } from './server.ts';

const ADDRESS = '127.61.44.9';
const ATTACKER = '127.61.44.10';
const KUBELET = '127.61.44.11';
const to = { host: ADDRESS, port: WEBHOOK_PORT };

const server = await startWebhooks({
  address: ADDRESS,
  credentials: await loopbackCredentials(),
  injector: () => config,
  policies: {} as PolicyFacts,
  grants: {} as GrantFacts,
  notReady: () => undefined,
  log: createLogger({ component: 'controller', level: 'error' }),
});
afterAll(() => server.stop());

const closing = (socket: Socket) => once(socket.on('error', () => {}).resume(), 'close');

async function probe(): Promise<number | undefined> {
  const asked = request({ ...to, path: '/livez', localAddress: KUBELET, rejectUnauthorized: false }).end();
  const [answer] = await once(asked, 'response');
  answer.resume();
  return answer.statusCode;
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
