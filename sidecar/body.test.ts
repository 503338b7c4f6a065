import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { requestOf } from '../policy/fixtures.ts';
import { createBodyReader, MAX_BODY_BYTES, MAX_HELD_BYTES } from './body.ts';
import type { AgentRequest } from './listener.ts';

const request = requestOf('POST', '/api/v1/namespaces/shop/configmaps');

/** A request as far as its body goes. */
const arriving = () => new PassThrough();
const asRequest = (stream: PassThrough) => stream as unknown as AgentRequest;
const ofBytes = (bytes: number) => {
  const stream = arriving();
  stream.end(Buffer.alloc(bytes));
  return asRequest(stream);
};

describe('a body', () => {
  test('is read whole, however it was cut', async () => {
    const stream = arriving();
    const read = createBodyReader().read(asRequest(stream), request);
    for (const piece of ['a', 'bc', '', 'd']) stream.write(piece);
    stream.end();
    expect(await read).toEqual({ kind: 'body', bytes: Buffer.from('abcd') });
  });

  test('beyond its bound is refused, and the request stays to carry the refusal', async () => {
    const bodies = createBodyReader();
    const stream = arriving();
    const read = bodies.read(asRequest(stream), request);
    stream.write(Buffer.alloc(MAX_BODY_BYTES + 1));
    expect(await read).toMatchObject({ code: 'TooLarge', httpStatus: 413 });
    expect(stream.destroyed).toBe(false);
    expect(await bodies.read(ofBytes(MAX_BODY_BYTES), request)).toMatchObject({ kind: 'body' });
  });

  test('is refused while others fill the room, and taken when they have gone', async () => {
    const bodies = createBodyReader();
    const held = [];
    for (let i = 0; i < MAX_HELD_BYTES / MAX_BODY_BYTES; i += 1)
      held.push(await bodies.read(ofBytes(MAX_BODY_BYTES), request));
    for (let i = 0; i < 3; i += 1)
      expect(await bodies.read(ofBytes(1), request)).toMatchObject({ code: 'Busy' });
    const [first] = held;
    if (first?.kind === 'body') bodies.release(first);
    expect(await bodies.read(ofBytes(MAX_BODY_BYTES), request)).toMatchObject({ kind: 'body' });
    expect(await bodies.read(ofBytes(1), request)).toMatchObject({ code: 'Busy' });
  });

  test('that breaks off is refused, and its room is given back', async () => {
    const bodies = createBodyReader();
    for (let i = 0; i < 10; i += 1) {
      const stream = arriving();
      const read = bodies.read(asRequest(stream), request);
      stream.write(Buffer.alloc(3 * 1024 * 1024));
      setImmediate(() => stream.destroy(new Error('reset')));
      expect(await read).toMatchObject({ code: 'MalformedRequest' });
    }
    expect(await bodies.read(ofBytes(MAX_BODY_BYTES), request)).toMatchObject({ kind: 'body' });
  });

  test('that does not come in time is given up', async () => {
    const stream = arriving();
    stream.write('a');
    expect(await createBodyReader(50).read(asRequest(stream), request)).toMatchObject({
      code: 'MalformedRequest',
    });
  });
});
