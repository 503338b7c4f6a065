import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { requestOf } from '../policy/fixtures.ts';
import { MAX_BODIES_BYTES, MAX_BODY_BYTES, readBody } from './body.ts';
import type { AgentRequest } from './listener.ts';
import { createRoom } from './room.ts';

const request = requestOf('POST', '/api/v1/namespaces/shop/configmaps');

/** A request as far as its body goes. */
const arriving = () => new PassThrough();
const asRequest = (stream: PassThrough) => stream as unknown as AgentRequest;
const ofBytes = (bytes: number) => {
  const stream = arriving();
  stream.end(Buffer.alloc(bytes));
  return asRequest(stream);
};
const read = (stream: PassThrough, timeoutMs?: number) =>
  readBody(asRequest(stream), request, createRoom(MAX_BODIES_BYTES)(), timeoutMs);

describe('a body', () => {
  test('is read whole, however it was cut', async () => {
    const stream = arriving();
    const body = read(stream);
    for (const piece of ['a', 'bc', '', 'd']) stream.write(piece);
    stream.end();
    expect(await body).toEqual({ kind: 'body', bytes: Buffer.from('abcd') });
    expect(await read(arriving().end())).toEqual({ kind: 'body', bytes: Buffer.alloc(0) });
  });

  test('is copied: a piece of one byte costs no object and no buffer of its own', async () => {
    const stream = arriving();
    const body = read(stream);
    const piece = Buffer.from('a');
    stream.write(piece);
    await new Promise(setImmediate);
    piece.fill('z');
    stream.end('b');
    expect(await body).toMatchObject({ bytes: Buffer.from('ab') });
  });

  test('beyond its bound is refused, and the request stays to carry the refusal', async () => {
    const stream = arriving();
    const body = read(stream);
    stream.write(Buffer.alloc(MAX_BODY_BYTES + 1));
    expect(await body).toMatchObject({ code: 'TooLarge', httpStatus: 413 });
    expect(stream.destroyed).toBe(false);
    expect(await read(arriving().end(Buffer.alloc(MAX_BODY_BYTES)))).toMatchObject({ kind: 'body' });
  });

  test('is refused while others fill the room, and taken when they have gone', async () => {
    const room = createRoom(MAX_BODIES_BYTES);
    const holds = Array.from({ length: MAX_BODIES_BYTES / MAX_BODY_BYTES }, room);
    for (const hold of holds)
      expect(await readBody(ofBytes(MAX_BODY_BYTES), request, hold)).toMatchObject({ kind: 'body' });
    for (let i = 0; i < 3; i += 1)
      expect(await readBody(ofBytes(1), request, room())).toMatchObject({ code: 'Busy' });
    holds[0]?.(0);
    expect(await readBody(ofBytes(MAX_BODY_BYTES), request, room())).toMatchObject({ kind: 'body' });
    expect(await readBody(ofBytes(1), request, room())).toMatchObject({ code: 'Busy' });
  });

  test('holds what it came in until less of it is kept', async () => {
    const room = createRoom(MAX_BODY_BYTES);
    const hold = room();
    expect(await readBody(ofBytes(3_000_000), request, hold)).toMatchObject({ kind: 'body' });
    const rest = MAX_BODY_BYTES - 3_000_000;
    expect(room()(rest + 1)).toBe(false);
    expect(hold(3_000_000 - 1)).toBe(true);
    expect(room()(rest + 1)).toBe(true);
  });

  test('that is refused holds nothing any more', async () => {
    const room = createRoom(MAX_BODIES_BYTES);
    expect(await readBody(ofBytes(MAX_BODY_BYTES + 1), request, room())).toMatchObject({ code: 'TooLarge' });
    expect(room()(MAX_BODIES_BYTES)).toBe(true);
  });

  test('that breaks off is refused', async () => {
    const stream = arriving();
    const body = read(stream);
    stream.write(Buffer.alloc(3 * 1024 * 1024));
    setImmediate(() => stream.destroy(new Error('reset')));
    expect(await body).toMatchObject({ code: 'MalformedRequest' });
  });

  test('that does not come in time is given up', async () => {
    const stream = arriving();
    stream.write('a');
    expect(await read(stream, 50)).toMatchObject({ code: 'MalformedRequest' });
  });
});
