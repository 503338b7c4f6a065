// The asking, before a controller's side that is a real TLS HTTP/2 server and answers as a test says.
import type { ServerHttp2Stream } from 'node:http2';
import { expect, test } from 'vitest';
import { createLogger } from '../telemetry/logger.ts';
import { type SpendRequest, SpendRequestSchema } from '../wire/spend.ts';
import { type ControllerConnection, connectController } from './controller-connection.ts';
import { countByController } from './controller-counter.ts';
import { createFollowing } from './following.ts';
import { startController } from './test-tls.ts';

const ask: SpendRequest = { auditId: '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10', verb: 'delete' };

/** A controller that does `answer` with each ask; each connection is followed when the one before it has ended. */
async function stage(answer: (stream: ServerHttp2Stream, nth: number) => void) {
  const asked: unknown[] = [];
  const said: string[] = [];
  const controller = await startController(async (stream, headers) => {
    const body = Buffer.concat(await stream.toArray()).toString();
    asked.push([headers[':method'], headers[':path'], SpendRequestSchema.parse(JSON.parse(body))]);
    answer(stream, asked.length);
  });
  const following = createFollowing();
  let connection: ControllerConnection;
  const follow = async (): Promise<void> => {
    connection = await connectController(controller);
    following.set(connection);
  };
  await follow();
  const log = createLogger({ component: 'test', write: (line) => said.push(line) });
  return {
    count: countByController(following, log),
    asked,
    said,
    follow,
    async [Symbol.asyncDispose]() {
      connection.close();
      await controller[Symbol.asyncDispose]();
    },
  };
}

const say = (stream: ServerHttp2Stream, status: number, json: unknown): void => {
  stream.respond({ ':status': status });
  stream.end(JSON.stringify(json));
};

test('asks with verb and Audit-ID, and takes the answer', async () => {
  await using staged = await stage((stream) => say(stream, 200, { kind: 'spent' }));
  expect(await staged.count(ask)).toEqual({ kind: 'spent' });
  expect(staged.asked).toEqual([['POST', '/v1/spend', ask]]);
});

test('a connection that ends is no answer: the same call is asked for on the next', async () => {
  await using staged = await stage((stream, nth) => {
    if (nth === 2) return say(stream, 200, { kind: 'spent' });
    stream.session?.destroy();
    void staged.follow();
  });
  expect(await staged.count(ask)).toEqual({ kind: 'spent' });
  expect(staged.asked).toEqual([
    ['POST', '/v1/spend', ask],
    ['POST', '/v1/spend', ask],
  ]);
});

test('a replica that cannot say is no answer: the same call is asked for on the next connection', async () => {
  await using staged = await stage((stream, nth) => {
    if (nth === 3) return say(stream, 200, { kind: 'spent' });
    say(stream, nth === 1 ? 503 : 500, { kind: 'Status' });
    void staged.follow();
  });
  expect(await staged.count(ask)).toEqual({ kind: 'spent' });
  expect(staged.asked).toHaveLength(3);
  expect(staged.said).toEqual([]);
});

test('where no other replica comes in time, what the last one said is told', async () => {
  await using staged = await stage((stream) => say(stream, 503, { kind: 'Status' }));
  expect(await staged.count(ask)).toBeUndefined();
  expect(staged.asked).toHaveLength(1);
  expect(staged.said).toEqual([expect.stringContaining('503')]);
});

test.each<[string, number, unknown]>([
  ['a no', 403, { kind: 'Status' }],
  ['what is no answer', 200, { kind: 'spent', more: true }],
  ['what is no JSON object', 200, 'spent'],
])('%s is none, said once and not asked again', async (_, status, json) => {
  await using staged = await stage((stream) => say(stream, status, json));
  expect(await staged.count(ask)).toBeUndefined();
  expect(staged.asked).toHaveLength(1);
  expect(staged.said).toEqual([expect.stringContaining(ask.auditId)]);
});

test('a controller that is silent is waited for three seconds', async () => {
  await using staged = await stage(() => {});
  const beganMs = performance.now();
  expect(await staged.count(ask)).toBeUndefined();
  const tookMs = performance.now() - beganMs;
  expect(tookMs).toBeGreaterThan(2_900);
  expect(tookMs).toBeLessThan(4_500);
});

test('of more asks at once than calls are forwarded, one is not counted', async () => {
  const open: ServerHttp2Stream[] = [];
  await using staged = await stage((stream) => void open.push(stream));
  const many = Array.from({ length: 768 }, () => staged.count(ask));
  expect(await staged.count(ask)).toBeUndefined();
  await expect.poll(() => open.length).toBe(768);
  for (const stream of open) say(stream, 200, { kind: 'spent' });
  expect(new Set((await Promise.all(many)).map((answer) => answer?.kind))).toEqual(new Set(['spent']));
});
