import { expect, test } from 'vitest';
import type { Last, PortsTap, Side } from '../relay.ts';
import { MAX_CONNECTIONS } from './connections.ts';
import type { Frame } from './frame.ts';
import { createSpdyPorts } from './ports.ts';
import { createPeer, inflate } from './test-peer.ts';
import { data, fin, type Heard, hearing, reply, rst } from './test-relay.ts';

const LAST: Last = { message: 'the grant has ended', status: '{}' };

const half = (id: number, streamtype: 'error' | 'data', requestid: number, port = 8080): Frame => ({
  kind: 'synStream',
  id,
  headers: new Map(Object.entries({ streamtype, port: `${port}`, requestid: `${requestid}` })),
});

function setUp() {
  const told: string[] = [];
  const tap: PortsTap = {
    opened(connection, port) {
      told.push(`${connection} to ${port}`);
      return port === 22 ? 'port 22 is not in the rule' : undefined;
    },
    passed: (connection, from, count) => told.push(`${connection}: ${count} from the ${from}`),
    closed: (connection) => told.push(`${connection} closed`),
  };
  const relay = createSpdyPorts({ tap, inflate });
  const peers = { agent: createPeer(), server: createPeer() };
  const say = (from: Side, ...frames: readonly Frame[]): Heard | string => {
    const read = relay.read(from, peers[from].says(...frames));
    return read.kind === 'fault' ? read.why : hearing(peers, read);
  };
  return {
    relay,
    peers,
    told,
    say,
    heard: (passed: Parameters<typeof hearing>[1]) => hearing(peers, passed),
  };
}

test('a connection as client-go makes it: opened, both ways, and closed when both of its streams are', () => {
  const { say, told } = setUp();
  expect(say('agent', half(1, 'error', 0))).toEqual({ server: [half(1, 'error', 0)] });
  expect(say('server', reply(1))).toEqual({ agent: [reply(1)] });
  expect(say('agent', fin(1), half(3, 'data', 0))).toEqual({ server: [fin(1), half(3, 'data', 0)] });
  say('server', reply(3));
  expect(say('agent', data(3, 'question'), fin(3))).toEqual({ server: [data(3, 'question'), fin(3)] });
  expect(say('server', data(3, 'answer'), fin(3))).toEqual({ agent: [data(3, 'answer'), fin(3)] });
  expect(told.at(-1)).toBe('0: 6 from the server');
  say('server', fin(1));
  expect(told).toEqual(['0 to 8080', '0: 8 from the agent', '0: 6 from the server', '0 closed']);
});

test('a port that is refused: its error stream says why, and the server hears nothing', () => {
  const { say, told } = setUp();
  expect(say('agent', half(1, 'error', 0, 22))).toEqual({
    agent: [reply(1), data(1, 'port 22 is not in the rule'), fin(1)],
  });
  expect(say('agent', fin(1), half(3, 'data', 0, 22))).toEqual({ agent: [reply(3), fin(3)] });
  expect(say('agent', data(3, 'x'), fin(3), rst(3))).toEqual({});
  expect(say('agent', half(5, 'error', 1))).toEqual({ server: [half(5, 'error', 1)] });
  expect(told).toEqual(['0 to 22', '1 to 8080']);
});

test('what the server says on an error stream goes on, and is no data of the connection', () => {
  const { say, told } = setUp();
  say('agent', half(1, 'error', 0), half(3, 'data', 0));
  expect(say('server', data(1, 'nothing listens'), rst(3), rst(1))).toEqual({
    agent: [data(1, 'nothing listens'), rst(3), rst(1)],
  });
  expect(told).toEqual(['0 to 8080', '0 closed']);
});

test.each<[string, readonly Frame[], string]>([
  [
    'is of a command',
    [{ ...half(1, 'data', 0), headers: new Map([['streamtype', 'stdin']]) } as Frame],
    'none of',
  ],
  ['names another port than its other half', [half(1, 'error', 0, 80), half(3, 'data', 0, 22)], 'two ports'],
  [
    'names another port than its refused half',
    [half(1, 'error', 0, 22), half(3, 'data', 0, 80)],
    'two ports',
  ],
  ['is the same half again', [half(1, 'data', 0), half(3, 'data', 0)], 'twice'],
  ['has an error to tell the server', [half(1, 'error', 0), data(1, 'x')], 'not its to write'],
])('a stream that %s breaks both off', (_what, frames, why) => {
  expect(setUp().say('agent', ...frames)).toContain(why);
});

test('one connection too many is refused, and the others go on', () => {
  const { say } = setUp();
  const all = Array.from({ length: MAX_CONNECTIONS }, (_, i) => [
    half(4 * i + 1, 'error', i),
    half(4 * i + 3, 'data', i),
  ]).flat();
  expect(say('agent', ...all)).toEqual({ server: all });
  const id = 4 * MAX_CONNECTIONS + 1;
  expect(say('agent', half(id, 'error', MAX_CONNECTIONS))).toEqual({
    agent: [{ kind: 'rstStream', id, status: 3 }],
  });
  expect(say('server', data(3, 'still here'))).toEqual({ agent: [data(3, 'still here')] });
});

test('cut, the error stream of every connection says so, and each is closed', () => {
  const { relay, say, heard, told } = setUp();
  say('agent', half(1, 'error', 0), half(3, 'data', 0), half(5, 'error', 1));
  say('server', reply(1), reply(3));
  const passed = relay.end(LAST);
  expect(passed).toMatchObject({ over: true, toServer: [] });
  expect(heard(passed).agent).toEqual([
    data(1, LAST.message),
    fin(1),
    fin(3),
    reply(5),
    data(5, LAST.message),
    fin(5),
    { kind: 'goAway', lastId: 5, status: 0 },
  ]);
  expect(told.filter((line) => line.endsWith('closed'))).toEqual(['0 closed', '1 closed']);
});

test('when a side is gone, every connection is closed', () => {
  const { relay, say, told } = setUp();
  say('agent', half(1, 'error', 0), half(3, 'data', 0));
  expect(relay.ended('server')).toMatchObject({ over: true });
  expect(told.at(-1)).toBe('0 closed');
});
