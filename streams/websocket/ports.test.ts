import { expect, test } from 'vitest';
import { WEBSOCKET_PORTS_PROTOCOLS } from '../channels.ts';
import type { Side } from '../relay.ts';
import { createWebSocketPorts, MAX_BASE64_PORTS } from './ports.ts';
import {
  BINARY,
  bytes,
  CLOSE,
  everyCut,
  type Frame,
  frame,
  heard,
  joined,
  say,
  TEXT,
  utf8,
} from './test-frames.ts';
import { countingTap } from './test-taps.ts';

const RAW = 'v4.channel.k8s.io';
const BASE64 = 'v4.base64.channel.k8s.io';
const last = { message: 'the grant has ended', status: '{}' };
const normal = { opcode: CLOSE, final: true, payload: bytes(0x03, 0xe8) };

function ports(name = RAW, { asked = [8080, 53], tap = countingTap() } = {}) {
  const protocol = WEBSOCKET_PORTS_PROTOCOLS.get(name);
  if (protocol === undefined) throw new Error(name);
  return {
    tap,
    relay: createWebSocketPorts({ protocol, ports: asked, tap, random: () => bytes(4, 3, 2, 1) }),
  };
}

function message(name: string, channel: number, said: Uint8Array): Required<Frame> {
  if (name !== BASE64) return { opcode: BINARY, final: true, payload: bytes(channel, ...said) };
  const text = Buffer.from(said).toString('base64');
  return { opcode: TEXT, final: true, payload: utf8(`${String.fromCharCode(48 + channel)}${text}`) };
}

/** What the server says first: on both channels of each connection its port, little endian. */
const FIRST: readonly (readonly [number, Uint8Array])[] = [
  [0, bytes(0x90, 0x1f)],
  [1, bytes(0x90, 0x1f)],
  [2, bytes(53, 0)],
  [3, bytes(53, 0)],
];
const first = (name: string) => FIRST.map(([channel, port]) => message(name, channel, port));
const wire = (from: Side, all: readonly Frame[]) => joined(all.map((one) => frame(from, one)));

test.each([...WEBSOCKET_PORTS_PROTOCOLS.keys()])(
  'by %j the ports go first, each one message, then data both ways, wherever it is cut',
  (name) => {
    const all = wire('server', [...first(name), message(name, 2, utf8('ANSWER'))]);
    const asked = wire('agent', [message(name, 2, utf8('QUERY')), message(name, 0, utf8('GET /'))]);
    for (const cuts of everyCut(all.length)) {
      const { tap, relay } = ports(name);
      const toAgent = heard(say(relay, 'server', all, cuts)).agent;
      expect(toAgent.slice(0, 4)).toEqual(first(name));
      expect(heard(say(relay, 'agent', asked)).server).toEqual([
        message(name, 2, utf8('QUERY')),
        message(name, 0, utf8('GET /')),
      ]);
      expect([tap.count(1, 'server'), tap.count(1, 'agent'), tap.count(0, 'agent')]).toEqual([6, 5, 5]);
    }
  },
);

test('the port is one message also where the server says it in two, or with what follows', () => {
  const { relay } = ports();
  const split = wire('server', [
    message(RAW, 0, bytes(0x90)),
    message(RAW, 0, bytes(0x1f, ...utf8('hello'))),
  ]);
  for (const cuts of everyCut(split.length)) {
    const { relay } = ports();
    const said = heard(say(relay, 'server', split, cuts)).agent;
    expect(said[0]).toEqual(message(RAW, 0, bytes(0x90, 0x1f)));
    expect(joined(said.slice(1).map(({ payload }) => payload.subarray(1)))).toEqual(utf8('hello'));
  }
  const together = wire('server', [message(RAW, 2, bytes(53, 0, ...utf8('hi')))]);
  expect(heard(say(relay, 'server', together)).agent).toEqual([
    message(RAW, 2, bytes(53, 0)),
    message(RAW, 2, utf8('hi')),
  ]);
});

test('errors go on and are not counted as data', () => {
  const { tap, relay } = ports();
  say(relay, 'server', wire('server', first(RAW)));
  const error = message(RAW, 1, utf8('connection refused'));
  expect(heard(say(relay, 'server', wire('server', [error]))).agent).toEqual([error]);
  expect(tap.count(0, 'server')).toBe(0);
});

test('a connection that the tap refuses says why as its error, and carries nothing', () => {
  const { relay } = ports(RAW, { tap: countingTap({ 53: 'port 53 is not yours' }) });
  const all = wire('server', [...first(RAW), message(RAW, 2, utf8('x')), message(RAW, 3, utf8('y'))]);
  expect(heard(say(relay, 'server', all)).agent).toEqual([
    ...first(RAW),
    message(RAW, 3, utf8('port 53 is not yours')),
  ]);
  const asked = wire('agent', [message(RAW, 2, utf8('q')), message(RAW, 0, utf8('r'))]);
  expect(heard(say(relay, 'agent', asked)).server).toEqual([message(RAW, 0, utf8('r'))]);
  expect(heard([relay.end(last)]).agent).toEqual([message(RAW, 1, utf8('the grant has ended')), normal]);
});

const CHANNEL = 'a message is on a channel that its sender does not have';

test.each<[string, string, Side, Frame, string]>([
  [
    'another port',
    RAW,
    'server',
    message(RAW, 0, bytes(0x91, 0x1f)),
    'another port was forwarded than was asked for',
  ],
  [
    'another high byte',
    RAW,
    'server',
    message(RAW, 3, bytes(53, 1)),
    'another port was forwarded than was asked for',
  ],
  ['a third connection', RAW, 'server', message(RAW, 4, bytes(1)), CHANNEL],
  ['an error of the agent', RAW, 'agent', message(RAW, 1, bytes(1)), CHANNEL],
  ['a close signal', RAW, 'agent', message(RAW, 255, bytes(0)), CHANNEL],
  ['a character below 0', BASE64, 'agent', { opcode: TEXT, payload: utf8('/') }, CHANNEL],
  ['no base64', BASE64, 'agent', { opcode: TEXT, payload: utf8('0!') }, 'a message is not base64'],
])('%s is a fault', (_, name, from, one, why) => {
  expect(ports(name).relay.read(from, frame(from, one))).toEqual({ kind: 'fault', from, why });
});

test.each([
  [RAW, 128],
  [BASE64, MAX_BASE64_PORTS],
])('by %j there are as many ports as channels have a number for: %i', (name, most) => {
  const asked = Array.from({ length: 128 }, () => 1);
  const { tap, relay } = ports(name, { asked });
  expect(tap.events).toHaveLength(most);
  const highest = message(name, 2 * most - 1, bytes(1, 0));
  expect(heard(say(relay, 'server', frame('server', highest))).agent).toEqual([highest]);
  const told = heard([relay.end(last)]).agent;
  expect(told.at(-2)).toEqual(message(name, 2 * most - 1, utf8('the grant has ended')));
});

test('in base64 what is no ASCII character is no channel', () => {
  const asked = Array.from({ length: 128 }, () => 1);
  const beyond = frame('server', { opcode: BINARY, payload: bytes(48 + 2 * MAX_BASE64_PORTS) });
  expect(ports(BASE64, { asked }).relay.read('server', beyond)).toEqual({
    kind: 'fault',
    from: 'server',
    why: CHANNEL,
  });
});

test('each connection is opened in the query’s order, and closed when the server has ended', () => {
  const { tap, relay } = ports();
  const opened = ['open 0 8080', 'open 1 53'];
  expect(tap.events).toEqual(opened);
  say(relay, 'agent', frame('agent', { opcode: CLOSE, payload: bytes() }));
  expect(tap.events).toEqual(opened);
  say(relay, 'server', frame('server', { opcode: CLOSE, payload: bytes() }));
  expect(tap.events).toEqual([...opened, 'close 0', 'close 1']);
});

test('a connection that the agent breaks off is closed too', () => {
  const { tap, relay } = ports();
  relay.ended('agent');
  expect(tap.events.slice(2)).toEqual(['close 0', 'close 1']);
});

test('an end is told on the error channel of each connection, after its port', () => {
  const { tap, relay } = ports();
  say(relay, 'server', wire('server', first(RAW).slice(0, 2)));
  expect(heard([relay.end(last)])).toEqual({
    agent: [
      message(RAW, 1, utf8('the grant has ended')),
      message(RAW, 3, bytes(53, 0)),
      message(RAW, 3, utf8('the grant has ended')),
      normal,
    ],
    server: [normal],
    over: true,
  });
  expect(tap.events.slice(2)).toEqual(['close 0', 'close 1']);
});

test('connections that the server has ended are closed once, also when an end comes before the agent’s answer', () => {
  const { tap, relay } = ports();
  say(relay, 'server', frame('server', { opcode: CLOSE, payload: bytes() }));
  relay.end(last);
  expect(tap.events.slice(2)).toEqual(['close 0', 'close 1']);
});
