import { expect, test } from 'vitest';
import type { Side } from '../relay.ts';
import { type MessageRelay, NOTHING, otherSide, passedTo } from './messages.ts';
import { createWebSocketRelay } from './relay.ts';
import {
  BINARY,
  bytes,
  CLOSE,
  CONTINUATION,
  everyCut,
  type Frame,
  frame,
  heard,
  joined,
  PING,
  PONG,
  say,
  TEXT,
  utf8,
} from './test-frames.ts';

/** Passes every piece on as a message, until one ends it; what it is asked is written down. */
function echo({ isText = false } = {}) {
  const asked: string[] = [];
  const inner: MessageRelay = {
    read: (from, pieces) => {
      if (pieces[0]?.bytes[0] === 0xee) return { kind: 'fault', from, why: 'it says so' };
      if (pieces[0]?.bytes[0] === 0xdd) return { ...passedTo('agent', [[utf8('bye')]]), over: true };
      return passedTo(
        otherSide(from),
        pieces.map(({ bytes }) => [bytes]),
      );
    },
    ended: (from) => {
      asked.push(`ended ${from}`);
      return passedTo(otherSide(from), [[utf8(`${from} has`), utf8(' ended')]]);
    },
    end: ({ message }) => {
      asked.push('end');
      return passedTo('agent', [[utf8(message)]]);
    },
  };
  let masks = 0;
  const random = (size: number) => {
    masks += 1;
    return Uint8Array.from({ length: size }, (_, i) => masks * 5 + i);
  };
  return { asked, relay: createWebSocketRelay({ isText, random, inner }) };
}

const binary = (...values: number[]): Frame => ({ opcode: BINARY, payload: bytes(...values) });
const shown = ({ opcode, payload }: Frame) => ({ opcode, final: true, payload });
const closed = (code: number, reason = ''): Frame => ({
  opcode: CLOSE,
  payload: bytes(code >> 8, code & 255, ...utf8(reason)),
});
const last = { message: 'the grant has ended', status: '{}' };

test('fragments go on as messages, since Go’s server takes each for one', () => {
  for (const from of ['agent', 'server'] as const) {
    const { relay } = echo();
    const all = [
      frame(from, { opcode: TEXT, payload: utf8('ab'), final: false }),
      frame(from, { opcode: CONTINUATION, payload: utf8('cd') }),
    ];
    expect(heard(say(relay, from, joined(all)))[otherSide(from)]).toEqual([
      shown({ opcode: BINARY, payload: utf8('ab') }),
      shown({ opcode: BINARY, payload: utf8('cd') }),
    ]);
  }
});

test('messages go on as text where that is the protocol', () => {
  const { relay } = echo({ isText: true });
  expect(heard(say(relay, 'agent', frame('agent', binary(1, 2)))).server).toEqual([
    shown({ opcode: TEXT, payload: bytes(1, 2) }),
  ]);
});

test('every frame to the server has a mask of its own', () => {
  const { relay } = echo();
  const wire = joined(Array.from({ length: 3 }, () => frame('agent', binary(0))));
  const [passed] = say(relay, 'agent', wire);
  const masks = passed?.toServer.map((sent) => Buffer.from(sent.subarray(2, 6)).toString('hex'));
  expect(new Set(masks).size).toBe(3);
});

test('pings and pongs go on amid a message, wherever they are cut', () => {
  const wire = joined([
    frame('agent', { opcode: BINARY, payload: bytes(1), final: false }),
    frame('agent', { opcode: PING, payload: utf8('a') }),
    frame('agent', { opcode: PONG, payload: bytes() }),
    frame('agent', { opcode: CONTINUATION, payload: bytes(2) }),
  ]);
  for (const cuts of everyCut(wire.length)) {
    expect(heard(say(echo().relay, 'agent', wire, cuts)).server).toEqual([
      shown(binary(1)),
      shown({ opcode: PING, payload: utf8('a') }),
      shown({ opcode: PONG, payload: bytes() }),
      shown(binary(2)),
    ]);
  }
});

test.each(['agent', 'server'] as const)('the %s closes, the other answers, and it is over', (from) => {
  const to = otherSide(from);
  const { asked, relay } = echo();
  const first = say(relay, from, joined([frame(from, closed(3000, 'done')), frame(from, binary(9))]));
  expect(heard(first)).toEqual({
    [from]: [],
    [to]: [shown({ opcode: BINARY, payload: utf8(`${from} has ended`) }), shown(closed(3000, 'done'))],
    over: false,
  });
  const late = say(relay, to, frame(to, binary(1)));
  expect(heard(late)[from]).toEqual([shown(binary(1))]);
  const answer = say(relay, to, frame(to, { opcode: CLOSE, payload: bytes() }));
  expect(heard(answer)).toEqual({
    [to]: [],
    [from]: [
      shown({ opcode: BINARY, payload: utf8(`${to} has ended`) }),
      shown({ opcode: CLOSE, payload: bytes() }),
    ],
    over: true,
  });
  expect(asked).toEqual([`ended ${from}`, `ended ${to}`]);
});

test('after a close frame no frame goes that way', () => {
  const { relay } = echo();
  say(relay, 'agent', frame('agent', closed(1000)));
  const passed = say(relay, 'server', frame('server', { opcode: PING, payload: bytes() }));
  expect(heard(passed)).toEqual({
    agent: [shown({ opcode: PING, payload: bytes() })],
    server: [],
    over: false,
  });
  expect(heard([relay.pass(passedTo('server', [[bytes(1)]]))]).server).toEqual([]);
});

test.each(['agent', 'server'] as const)(
  'a connection that the %s breaks off is broken off: no close frame',
  (from) => {
    const { asked, relay } = echo();
    expect(heard([relay.ended(from)])).toEqual({
      agent: [shown({ opcode: BINARY, payload: utf8('server has ended') })],
      server: [shown({ opcode: BINARY, payload: utf8('agent has ended') })],
      over: true,
    });
    expect(relay.ended(otherSide(from))).toEqual({ ...NOTHING, over: true });
    expect(asked).toHaveLength(2);
  },
);

test('a side that ends its connection after its close frame has ended once', () => {
  const { asked, relay } = echo();
  say(relay, 'agent', frame('agent', closed(1000)));
  expect(heard([relay.ended('agent')])).toMatchObject({ server: [], over: true });
  expect(asked).toEqual(['ended agent', 'ended server']);
});

test('an end closes both sides, code 1000, after the last message', () => {
  const { relay } = echo();
  expect(heard([relay.end(last)])).toEqual({
    agent: [shown({ opcode: BINARY, payload: utf8('the grant has ended') }), shown(closed(1000))],
    server: [shown(closed(1000))],
    over: true,
  });
});

test('an end after the agent’s close frame still tells it, and repeats no close frame', () => {
  const { relay } = echo();
  say(relay, 'agent', frame('agent', closed(1000)));
  expect(heard([relay.end(last)])).toEqual({
    agent: [shown({ opcode: BINARY, payload: utf8('the grant has ended') }), shown(closed(1000))],
    server: [],
    over: true,
  });
});

test('once it is over nothing passes and nothing is asked', () => {
  const { asked, relay } = echo();
  relay.end(last);
  const nothing = { ...NOTHING, over: true };
  expect(relay.read('agent', frame('agent', binary(1)))).toEqual(nothing);
  expect(relay.pass(passedTo('agent', [[bytes(1)]]))).toEqual(nothing);
  expect(relay.end(last)).toEqual(nothing);
  expect(relay.ended('server')).toEqual(nothing);
  expect(asked).toEqual(['end']);
});

test('what is within may end it: both are closed, and what is said after that is not read', () => {
  const { relay } = echo();
  const wire = joined([frame('agent', binary(0xdd)), frame('agent', { opcode: PING, payload: bytes() })]);
  expect(heard(say(relay, 'agent', wire))).toEqual({
    agent: [shown({ opcode: BINARY, payload: utf8('bye') }), shown(closed(1000))],
    server: [shown(closed(1000))],
    over: true,
  });
});

test.each<[string, Side, Uint8Array, string]>([
  ['frame', 'server', bytes(0x82, 0x80), 'a frame is masked'],
  ['message', 'agent', frame('agent', binary(0xee)), 'it says so'],
])('of a %s that is not known is said whose it is', (_, from, wire, why) => {
  const all = [...wire, ...(why === 'a frame is masked' ? bytes(0, 0, 0, 0) : [])];
  expect(echo().relay.read(from, Uint8Array.from(all))).toEqual({ kind: 'fault', from, why });
});

test('after a fault it can still be told that both sides have ended', () => {
  const { asked, relay } = echo();
  expect(relay.read('agent', frame('agent', binary(0xee))).kind).toBe('fault');
  expect(relay.ended('agent').over).toBe(true);
  expect(asked).toEqual(['ended agent', 'ended server']);
});
