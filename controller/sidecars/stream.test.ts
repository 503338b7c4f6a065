// One stream as its sidecar reads it, over HTTP/2 on loopback.
import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createLogger } from '../../telemetry/logger.ts';
import type { EntitlementsMessage } from '../../wire/entitlements.ts';
import { ENDED_BECAUSE } from '../../wire/routes.ts';
import type { SeenAgent } from './agent.ts';
import { startStream } from './stream.ts';

test('one that has been ended says nothing more, and why it ended all the same', async () => {
  const server = createServer().listen(0, '127.61.44.9');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  const client = connect(`http://${address}:${port}`);
  const followed = client.request({}, { endStream: true });
  const [served] = (await once(server, 'stream')) as [ServerHttp2Stream];
  const errors: unknown[] = [];
  served.on('error', (error) => errors.push(error));
  const entitlements = startStream(served, {} as SeenAgent, {
    lookAgain: async (agent) => agent,
    standingOf: async () => undefined,
    message: () => ({ kind: 'said' }) as unknown as EntitlementsMessage,
    log: createLogger({ component: 'controller', level: 'error' }),
  });
  await once(followed, 'data');

  entitlements.end('this replica is stopping');
  // A policy that changes while the last bytes are on their way.
  entitlements.tell();
  const [trailers] = await once(followed.resume(), 'trailers');
  expect(trailers[ENDED_BECAUSE]).toBe('this replica is stopping');
  expect(errors).toEqual([]);
  client.close();
  server.close();
});
