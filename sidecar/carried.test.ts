import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { SENTINEL_MARKER } from '../masking/sentinel.ts';
import type { Permit } from '../policy/decide.ts';
import { requestOf } from '../policy/fixtures.ts';
import { type CarriedParts, readCarried, receive } from './carried.ts';
import type { Head } from './head.ts';
import type { AgentRequest, AgentResponse } from './listener.ts';
import { createRoom, type Room } from './room.ts';

const SENTENCE = `${SENTINEL_MARKER}${'0'.repeat(48)}`;

/** Reads an apply of `body`; what it holds of the room then is still held. */
async function carry(body: string, room: Room, { query = '', agent = 'kubectl' } = {}) {
  const request = requestOf('PATCH', `/api/v1/namespaces/shop/configmaps/a${query}`);
  const req = new PassThrough().end(body) as unknown as AgentRequest;
  const headers = new Map([
    ['content-type', 'application/apply-patch+yaml'],
    ['user-agent', agent],
  ]);
  const head: Head = { kind: 'head', method: 'PATCH', headers, token: undefined, upgrade: undefined };
  const headed = { permit: { request, unmasked: false } as unknown as Permit, head };
  const hold = room();
  const came = await receive(headed, req, {} as AgentResponse, hold);
  if (came.kind === 'refusal') return came;
  return readCarried(
    { judgesWorkloads: false, patterns: { of: () => undefined } } as unknown as CarriedParts,
    headed,
    came,
    { hold, get: () => Promise.reject(new Error('nothing is to be read')) },
  );
}

test('what goes on is held as it was printed, whether that is less than what came or more', async () => {
  const spaced = createRoom(100);
  expect(await carry(`{"a":${' '.repeat(80)}1}`, spaced)).toMatchObject({ bytes: Buffer.from('{"a":1}') });
  expect([94, 93].map((bytes) => spaced()(bytes))).toEqual([false, true]);
  const escaped = createRoom(100);
  expect(await carry('{"a":"\x7f\x7f"}', escaped)).toMatchObject({ kind: 'carried' });
  expect([81, 80].map((bytes) => escaped()(bytes))).toEqual([false, true]);
});

test('what is longer as it is printed than there is room for is refused', async () => {
  expect(await carry(`{"a":"${'\x7f'.repeat(20)}"}`, createRoom(100))).toMatchObject({ code: 'Busy' });
});

test.each([
  ['the name of who writes', { query: `?fieldManager=${encodeURIComponent(SENTENCE)}` }, 'fieldManager'],
  ['its User-Agent', { agent: `${SENTENCE}/1.0` }, 'User-Agent'],
])('a sentinel in %s is refused, where it would be stored', async (_, head, field) => {
  expect(await carry('{}', createRoom(100), head)).toMatchObject({
    code: 'SentinelInWrite',
    causes: [{ field }],
  });
});
