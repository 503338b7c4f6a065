import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Permit } from '../policy/decide.ts';
import { requestOf } from '../policy/fixtures.ts';
import { type CarriedParts, readCarried } from './carried.ts';
import type { Head } from './head.ts';
import type { AgentRequest, AgentResponse } from './listener.ts';
import { createRoom, type Room } from './room.ts';

const request = requestOf('PATCH', '/api/v1/namespaces/shop/configmaps/a');

/** Reads an apply of `body`; what it holds of the room then is still held. */
function carry(body: string, room: Room) {
  const req = new PassThrough().end(body) as unknown as AgentRequest;
  const headers = new Map([['content-type', 'application/apply-patch+yaml']]);
  const head: Head = { kind: 'head', method: 'PATCH', headers, token: undefined, upgrade: undefined };
  return readCarried(
    { judgesWorkloads: false } as CarriedParts,
    { permit: { request, unmasked: false } as unknown as Permit, head },
    req,
    {} as AgentResponse,
    room(),
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
