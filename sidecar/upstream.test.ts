// The connections to the API server, over real TLS.
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { selfSigned } from './test-tls.ts';
import { createUpstream } from './upstream.ts';

test('a connection that waits for a watch is never idle for too long; one that waits for a call is', async () => {
  const { chain, key } = selfSigned();
  const { promise: answer, resolve: toAnswer } = Promise.withResolvers<void>();
  // Like the API server, it gives no hint of how long it keeps a connection.
  const server = createServer({ cert: chain, key, keepAliveTimeout: 0 }, (_req, res) => {
    res.flushHeaders();
    void answer.then(() => res.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const upstream = createUpstream({ url: new URL(`https://localhost:${port}`), ca: chain });
  try {
    const call = request({ ...upstream.options({ kind: 'presented' }), host: '127.0.0.1' }).end();
    const [response] = await once(call, 'response');
    expect(call.socket?.timeout).toBe(0);
    const ended = once(response.resume(), 'end');
    toAnswer();
    await ended;
    await expect.poll(() => call.socket?.timeout).toBe(60_000);
  } finally {
    upstream.close();
    server.close();
  }
});

test('connections that show the same share one TLS context, and no two certificates do', () => {
  const [one, other] = [selfSigned(), selfSigned()].map(({ chain: cert, key }) => ({ cert, key }));
  const upstream = createUpstream({ url: new URL('https://localhost'), ca: one?.cert ?? '' });
  const contextOf = (clientCertificate?: typeof one) =>
    upstream.options({ kind: 'presented', ...(clientCertificate && { clientCertificate }) }).secureContext;
  expect(contextOf()).toBe(contextOf());
  expect(contextOf(one)).toBe(contextOf(one));
  expect(contextOf(one)).not.toBe(contextOf(other));
  expect(contextOf(one)).not.toBe(contextOf());
});
