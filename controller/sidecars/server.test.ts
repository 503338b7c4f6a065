// The port against callers who only want to keep sidecars from it. All of it on loopback, each caller by an address of its own.
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { createLogger } from '../../telemetry/logger.ts';
import { ROUTES } from '../../wire/routes.ts';
import { loopbackCredentials } from '../identity/credentials.fixture.ts';
import type { KubeApi } from '../kube/api.ts';
import { SIDECAR_PORT, type SidecarServerOptions, startSidecarServer } from './server.ts';
import type { Streams } from './streams.ts';

const ADDRESS = '127.61.44.9';
const ATTACKER = '127.61.44.10';
const SIDECAR = '127.61.44.11';
const path = { ':method': ROUTES.enrol.method, ':path': ROUTES.enrol.path };

const credentials = await loopbackCredentials();
const server = await startSidecarServer({
  address: ADDRESS,
  kube: {} as KubeApi,
  credentials: () => credentials,
  trustDomain: 'chaperone.local',
  namespace: 'chaperone-system',
  streams: { end: () => {} } as unknown as Streams,
  policies: {} as SidecarServerOptions['policies'],
  spends: {} as SidecarServerOptions['spends'],
  store: {} as SidecarServerOptions['store'],
  proof: { stands: () => true, renew: async () => true },
  log: createLogger({ component: 'controller', level: 'error' }),
});
afterAll(() => server.stop());

async function open(localAddress: string): Promise<ClientHttp2Session> {
  const options = { localAddress, rejectUnauthorized: false };
  const session = connect(`https://${ADDRESS}:${SIDECAR_PORT}`, options);
  session.on('error', () => {});
  await once(session, 'connect');
  return session;
}

test('who begins to enrol and sends no body keeps nobody else from it', async () => {
  const attackers = await Promise.all(Array.from({ length: 8 }, () => open(ATTACKER)));
  for (const each of attackers)
    for (let at = 0; at < 8; at += 1) each.request(path, { endStream: false }).on('error', () => {});
  // Their streams are there once one that is answered has come after them.
  await Promise.all(attackers.map((each) => new Promise((resolve) => each.ping(resolve))));

  const sidecar = await open(SIDECAR);
  const stream = sidecar.request(path);
  stream.end('{}');
  const [headers] = await once(stream.resume(), 'response');
  expect(headers[':status']).toBe(400);
  for (const each of [...attackers, sidecar]) each.destroy();
});

test('one address takes as many connections as a pod needs, so that few addresses do not fill the port', async () => {
  const beganMs = performance.now();
  const to = { host: ADDRESS, port: SIDECAR_PORT, localAddress: ATTACKER };
  const many = Array.from({ length: 20 }, () =>
    connectTcp(to)
      .on('error', () => {})
      .resume(),
  );
  const lives = many.map((each) => once(each, 'close').then(() => performance.now() - beganMs));
  const sidecar = await open(SIDECAR);
  sidecar.destroy();
  // Those beyond its share go at once, the others when their handshake has not come.
  expect((await Promise.all(lives)).filter((ms) => ms < 2_500)).toHaveLength(20 - 8);
}, 9_000);

test('a session that nothing is asked on is closed, pings or not', async () => {
  const session = await open(ATTACKER);
  // Its `close` may come a while after its end, and to ask it then throws.
  const pings = setInterval(() => session.destroyed || session.ping(() => {}), 500);
  await once(session, 'close');
  clearInterval(pings);
}, 9_000);
