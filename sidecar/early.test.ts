import { once } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readEarly } from './early.ts';
import { type Connection, connection } from './test-streams.ts';

let agent: Connection;
beforeEach(async () => {
  agent = await connection();
});
afterEach(() => agent[Symbol.asyncDispose]());

test('what came early is there once, in its order, and nothing is lost behind it', async () => {
  const { near, far } = agent;
  const early = readEarly(near, Buffer.from('with the head, '));
  far.write('soon after, ');
  await vi.waitFor(() => expect(near.bytesRead).toBeGreaterThan(0));
  far.write('and ');
  const socket = early.take();
  expect(socket.isPaused()).toBe(true);
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk;
  });
  socket.resume();
  far.write('then');
  await vi.waitFor(() => expect(heard).toBe('with the head, soon after, and then'));
  expect(early.gone.aborted).toBe(false);
});

test('is bounded: an agent that says much is not read until it is taken', async () => {
  const { near, far } = agent;
  const early = readEarly(near, Buffer.alloc(0));
  far.write(Buffer.alloc(1024 * 1024));
  await vi.waitFor(() => expect(near.isPaused()).toBe(true));
  expect(near.bytesRead).toBeLessThan(512 * 1024);
  let heard = 0;
  early.take().on('data', ({ length }: Buffer) => {
    heard += length;
  });
  near.resume();
  await vi.waitFor(() => expect(heard).toBe(1024 * 1024));
});

test.each([
  ['its half', () => agent.far.end('x')],
  ['all of it', () => agent.far.destroy()],
])('an agent that ends %s of the connection is gone, and nothing is put back', async (_what, end) => {
  const early = readEarly(agent.near, Buffer.from('head'));
  end();
  await once(early.gone, 'abort');
  expect(early.take().readableLength).toBe(0);
});
