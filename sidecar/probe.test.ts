import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listen } from './listener.ts';
import { probe } from './probe.ts';
import { BOUNDS, createServer, secureContext } from './server.ts';
import { selfSigned } from './test-tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'probe-'));
afterAll(() => rmSync(folder, { recursive: true }));
const own = selfSigned();
const path = join(folder, 'loopback.crt');
writeFileSync(path, own.chain);

test('our own listener passes', async () => {
  const listener = await listen(own, () => {}, 0);
  expect(await probe(path, listener.port)).toBeUndefined();
  await listener.drain(0);
});

test('another process on the port does not, whatever certificate it made itself', async () => {
  const listener = await listen(selfSigned(), () => {}, 0);
  expect(await probe(path, listener.port)).toBe('another process holds the port');
  await listener.drain(0);
});

test('a renewal that is written and not shown yet passes once it is', async () => {
  const server = createServer(selfSigned(), () => {}, BOUNDS).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // That connection's handshake has begun with the certificate of before.
  server.once('connection', () => server.setSecureContext(secureContext(own)));
  const { port } = server.address() as { port: number };
  expect(await probe(path, port)).toBeUndefined();
  server.close();
});

test('nobody on the port does not, nor one that does not speak TLS', async () => {
  const server = createTcpServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('HTTP/1.1 200 OK\r\n\r\n'),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  expect(await probe(path, port)).toMatch(/^the listener did not answer: /);
  server.close();
  await once(server, 'close');
  expect(await probe(path, port)).toBe('the listener did not answer: ECONNREFUSED');
});

test('a sidecar without a certificate is not ready', async () => {
  expect(await probe(join(folder, 'none'), 1)).toBe('the sidecar has no certificate yet');
});
