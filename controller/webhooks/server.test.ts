// The port against callers who only want to keep others from it. All of it on loopback, each caller by an address of its own.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { config } from '../../injector/fixtures.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { AgentFacts } from '../guard/agents.ts';
import { loopbackCredentials } from '../identity/credentials.fixture.ts';
import { MAX_BODY_BYTES } from './bodies.ts';
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
  agents: {} as AgentFacts,
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

/** Begins a call and sends this much of a body that it says is one byte longer. */
function begin(bytes: number, localAddress: string) {
  const asked = request({
    ...to,
    path: '/mutate-pods',
    method: 'POST',
    localAddress,
    headers: { 'content-length': bytes + 1, 'content-type': 'application/json' },
    rejectUnauthorized: false,
  });
  asked.on('error', () => {}).flushHeaders();
  if (bytes > 0) asked.write(Buffer.alloc(bytes, ' '));
  const answered = once(asked, 'response').then(([answer]) => answer.statusCode as number);
  return { asked, status: answered.catch(() => 0) };
}
/** Of a call whose body comes at once. */
async function call(localAddress: string, bytes = 1) {
  const { asked, status } = begin(bytes, localAddress);
  asked.end('1');
  return status;
}
const addresses = (count: number) => Array.from({ length: count }, (_, at) => `127.61.44.${20 + at}`);

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

test('bodies that are announced and do not come hold nothing, and end', async () => {
  const held = addresses(8).flatMap((from) => Array.from({ length: 8 }, () => begin(0, from)));
  // Enough that the server has them all.
  expect(await probe()).toBe(200);
  expect(await call(ATTACKER)).toBe(200);
  const ends = await Promise.all(held.map(({ status }) => status));
  expect(new Set(ends)).toEqual(new Set([408]));
}, 5_000);

test('one address holds an eighth of the bytes, and gives them back when it goes', async () => {
  const held = [ATTACKER, ...addresses(6)].map((from) => [1, 2].map(() => begin(MAX_BODY_BYTES - 1, from)));
  // Which of the two is one too many depends on the order of arrival.
  const refused = held.map((both) => Promise.race(both.map(({ status }) => status)));
  expect(new Set(await Promise.all(refused))).toEqual(new Set([429]));
  expect(await call(KUBELET)).toBe(200);
  for (const { asked } of held.flat()) asked.destroy();
  // Before they would be cut for their silence.
  await expect.poll(() => call(ATTACKER, MAX_BODY_BYTES - 1), { timeout: 700 }).toBe(200);
});

/** What is left of a body, and with what each of them costs more than the rest of a share. */
const SINGLE_BYTES = 8 * 1024;

test('a body that comes byte by byte costs what its pieces cost', async () => {
  const loosely = { ...to, localAddress: ATTACKER, rejectUnauthorized: false };
  const socket = connectTls(loosely);
  await once(
    socket.on('error', () => {}),
    'secureConnect',
  );
  const head = [
    'POST /mutate-pods HTTP/1.1',
    'host: x',
    'content-type: application/json',
    `content-length: ${MAX_BODY_BYTES}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const answered = once(socket, 'data');
  socket.write(Buffer.alloc(MAX_BODY_BYTES - SINGLE_BYTES, ' '));
  // Each in a record of its own, and read before the next one.
  const writeOn = () => void (socket.writable && socket.write(' ', () => setImmediate(writeOn)));
  writeOn();
  expect(String((await answered)[0])).toContain('HTTP/1.1 429 ');
  socket.destroy();
}, 10_000);

test('one that is not ready lets no connection stand, so that the next call goes to another', async () => {
  const ready = await get('/readyz');
  expect([ready.statusCode, ready.headers.connection]).toEqual([200, 'keep-alive']);
  notReady = 'the API server does not answer';
  for (const path of ['/readyz', '/livez']) expect((await get(path)).headers.connection).toBe('close');
  notReady = undefined;
});
