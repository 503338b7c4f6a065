import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { connectController } from './controller-connection.ts';
import { startRelay } from './test-relay.ts';
import { startController } from './test-tls.ts';

/** Of a lease of sixty seconds; a renewal may have come twenty-two before. */
const FOUND_OUT_WITHIN_MS = 12_000;
/** Keys, handshakes and the end of it all on a busy machine; the bound is asserted by itself. */
const WHOLE_MS = 25_000;

test.concurrent(
  'a controller that has gone silent is left within ten seconds, and one that is only quiet is not',
  async () => {
    await using quiet = await startController((stream) => stream.respond({ ':status': 200 }));
    const [host, port] = [quiet.url.hostname, Number(quiet.url.port)];
    await using relay = await startRelay({ host, port });
    const silent = { url: new URL(`https://${relay.address}`), roots: quiet.roots };
    const [left, kept] = await Promise.all([connectController(silent), connectController(quiet)]);
    const said: string[] = [];
    const streams = [left, kept].map((each) => each.request('GET', '/v1/entitlements'));
    for (const stream of streams) stream.on('error', ({ message }) => void said.push(message));
    await Promise.all(streams.map((stream) => once(stream, 'response')));

    relay.stall();
    await vi.waitFor(() => expect(said).toEqual(['the controller is silent']), FOUND_OUT_WITHIN_MS);
    expect(streams[1]?.destroyed).toBe(false);
    kept.close();
  },
  WHOLE_MS,
);

test.concurrent('one that takes a connection and never answers is left within five seconds', async () => {
  await using quiet = await startController(() => {});
  await using relay = await startRelay({ host: quiet.url.hostname, port: Number(quiet.url.port) });
  relay.stall();
  const startedMs = performance.now();
  const silent = { url: new URL(`https://${relay.address}`), roots: quiet.roots };
  await expect(connectController(silent)).rejects.toThrow('the controller did not answer');
  expect(performance.now() - startedMs).toBeLessThan(7_000);
}, 10_000);

test('one that says goodbye and then goes silent keeps nothing of a connection that is closed', async () => {
  await using leaving = await startController((stream) => {
    stream.respond({ ':status': 200 });
    stream.session?.close();
  });
  await using relay = await startRelay({ host: leaving.url.hostname, port: Number(leaving.url.port) });
  const url = new URL(`https://${relay.address}`);
  const connection = await connectController({ url, roots: leaving.roots });
  connection.request('GET', '/v1/entitlements').on('error', () => {});
  await vi.waitFor(() => expect(connection.session.closed).toBe(true));
  relay.stall();
  const closed = vi.fn();
  connection.session.on('close', closed);
  connection.close();
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});
