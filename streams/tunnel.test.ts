import { expect, test } from 'vitest';
import type { Passed, PortsTap, Side } from './relay.ts';
import type { Frame } from './spdy/frame.ts';
import { createPeer, inflate } from './spdy/test-peer.ts';
import { data, fin, reply } from './spdy/test-relay.ts';
import { createTunnelledPorts } from './tunnel.ts';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  everyCut,
  frame,
  frames,
  joined,
  PING,
  say,
  TEXT,
} from './websocket/test-frames.ts';

const NO_BYTES = new Uint8Array(0);

const half = (id: number, streamtype: 'error' | 'data', port = 80): Frame => ({
  kind: 'synStream',
  id,
  headers: new Map(Object.entries({ streamtype, port: `${port}`, requestid: '0' })),
});

function setUp() {
  const told: string[] = [];
  const tap: PortsTap = {
    opened(connection, port) {
      told.push(`${connection} to ${port}`);
      return port === 22 ? 'not this port' : undefined;
    },
    passed: (connection, from, count) => told.push(`${connection}: ${count} from the ${from}`),
    closed: (connection) => told.push(`${connection} closed`),
  };
  const relay = createTunnelledPorts({ tap, inflate, random: (length) => new Uint8Array(length).fill(7) });
  const peers = { agent: createPeer(), server: createPeer() };
  const messages = (to: Side, passed: readonly Passed[]) =>
    frames(to, joined(passed.flatMap(({ toAgent, toServer }) => (to === 'agent' ? toAgent : toServer))));
  const heard = (to: Side, passed: readonly Passed[]) => {
    const binary = messages(to, passed).filter(({ opcode }) => opcode === BINARY);
    return peers[to].hears(binary.map(({ payload }) => payload));
  };
  const tell = (from: Side, ...said: readonly Frame[]) =>
    say(relay, from, frame(from, { opcode: BINARY, payload: peers[from].says(...said) }));
  return { relay, peers, told, messages, heard, tell };
}

test('SPDY is read out of binary messages, and printed into one for each that came', () => {
  const { tell, heard, messages, told } = setUp();
  const opened = tell('agent', half(1, 'error'), half(3, 'data'));
  expect(messages('server', opened)).toHaveLength(1);
  expect(heard('server', opened)).toEqual([half(1, 'error'), half(3, 'data')]);
  expect(heard('agent', tell('server', reply(1), reply(3), data(3, 'hello')))).toEqual([
    reply(1),
    reply(3),
    data(3, 'hello'),
  ]);
  expect(told).toEqual(['0 to 80', '0: 5 from the server']);
});

test('where a message ends means nothing', () => {
  const { peers, relay, heard } = setUp();
  const said = peers.agent.says(half(1, 'error'), half(3, 'data'), data(3, 'hello'));
  const passed = Array.from(said, (_byte, at) =>
    say(relay, 'agent', frame('agent', { opcode: BINARY, payload: said.subarray(at, at + 1) })),
  );
  expect(heard('server', passed.flat())).toEqual([half(1, 'error'), half(3, 'data'), data(3, 'hello')]);
});

test('wherever the bytes are cut, the server hears the same', () => {
  const said = (from: ReturnType<typeof setUp>) => {
    const spdy = from.peers.agent.says(half(1, 'error'), half(3, 'data'), data(3, 'hello'), fin(3));
    return joined([
      frame('agent', { opcode: BINARY, payload: spdy.subarray(0, 60), final: false }),
      frame('agent', { opcode: PING, payload: NO_BYTES }),
      frame('agent', { opcode: CONTINUATION, payload: spdy.subarray(60) }),
    ]);
  };
  for (const cuts of everyCut(said(setUp()).length)) {
    const each = setUp();
    expect(each.heard('server', say(each.relay, 'agent', said(each), cuts))).toEqual([
      half(1, 'error'),
      half(3, 'data'),
      data(3, 'hello'),
      fin(3),
    ]);
  }
});

test('a port that is refused is answered within the tunnel, and the server hears nothing', () => {
  const { tell, heard, messages } = setUp();
  const passed = tell('agent', half(1, 'error', 22));
  expect(heard('agent', passed)).toEqual([reply(1), data(1, 'not this port'), fin(1)]);
  expect(messages('server', passed)).toEqual([]);
});

test.each<[string, number, Uint8Array, string]>([
  ['text', TEXT, NO_BYTES, 'is text'],
  ['no SPDY', BINARY, Uint8Array.of(0x80, 2, 0, 6, 0, 0, 0, 4), 'SPDY/3'],
])('a message that is %s breaks both off', (_what, opcode, payload, why) => {
  const { relay } = setUp();
  const read = relay.read('agent', frame('agent', { opcode, payload }));
  expect(read).toEqual({ kind: 'fault', from: 'agent', why: expect.stringContaining(why) });
});

test('cut, the error stream says so, and the WebSockets are closed', () => {
  const { relay, tell, heard, messages, told } = setUp();
  tell('agent', half(1, 'error'), half(3, 'data'));
  tell('server', reply(1), reply(3));
  const passed = relay.end({ message: 'the grant has ended', status: '{}' });
  expect(passed.over).toBe(true);
  expect(messages('agent', [passed]).map(({ opcode }) => opcode)).toEqual([BINARY, CLOSE]);
  expect(messages('server', [passed]).map(({ opcode }) => opcode)).toEqual([CLOSE]);
  expect(heard('agent', [passed])).toContainEqual(data(1, 'the grant has ended'));
  expect(told.at(-1)).toBe('0 closed');
});

test.each<Side>(['agent', 'server'])('a close frame of the %s ends it all', (from) => {
  const { relay, tell, told } = setUp();
  tell('agent', half(1, 'error'));
  const [passed] = say(relay, from, frame(from, { opcode: CLOSE, payload: Uint8Array.of(3, 232) }));
  expect(passed?.over).toBe(true);
  expect(told.at(-1)).toBe('0 closed');
});

test('the end of a connection ends it all', () => {
  const { relay, tell, told } = setUp();
  tell('agent', half(1, 'error'));
  expect(relay.ended('server').over).toBe(true);
  expect(told.at(-1)).toBe('0 closed');
});
