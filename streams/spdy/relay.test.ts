import { expect, test } from 'vitest';
import type { Side } from '../relay.ts';
import type { Frame } from './frame.ts';
import type { Headers } from './header-block.ts';
import { bytes, hex } from './test-peer.ts';
import { createTestRelay, data, fin, open, reply, rst } from './test-relay.ts';

test('a stream is opened with its id and headers, answered, and spoken on both ways', () => {
  const { say } = createTestRelay();
  expect(say('agent', open(5, 'a'))).toEqual({ server: [open(5, 'a')] });
  expect(say('server', reply(5))).toEqual({ agent: [reply(5)] });
  expect(say('agent', data(5, 'to the server'))).toEqual({ server: [data(5, 'to the server')] });
  expect(say('server', data(5, 'to the agent'))).toEqual({ agent: [data(5, 'to the agent')] });
});

test('a side that has ended its half is still heard out, and says no more', () => {
  const { say, asked } = createTestRelay();
  say('agent', open(1, 'a'), data(1, 'x'));
  expect(say('agent', fin(1))).toEqual({ server: [data(1, 'a: the agent ends'), fin(1)] });
  expect(say('agent', data(1, 'late'), fin(1))).toEqual({});
  expect(say('server', data(1, 'y'))).toEqual({ agent: [data(1, 'y')] });
  expect(asked).toEqual(['a: the agent ends']);
  expect(say('server', fin(1))).toEqual({ agent: [data(1, 'a: the server ends'), fin(1)] });
  expect(asked).toEqual(['a: the agent ends', 'a: the server ends', 'a: gone']);
});

test.each([
  ['agent', 'server'],
  ['server', 'agent'],
] as const)('a stream that the %s resets is ended both ways', (from, to) => {
  const { say, asked } = createTestRelay();
  say('agent', open(1, 'a'));
  expect(say(from, rst(1))).toEqual({
    [from]: [data(1, `a: the ${to} ends`)],
    [to]: [data(1, `a: the ${from} ends`), rst(1)],
  });
  expect(asked.at(-1)).toBe('a: gone');
  expect(say(to, data(1, 'on its way'), fin(1), rst(1))).toEqual({});
  expect(say('server', reply(1))).toEqual({});
});

test('a stream is answered once', () => {
  const { say } = createTestRelay();
  say('agent', open(1, 'a'));
  expect(say('server', reply(1), reply(1))).toEqual({ agent: [reply(1)] });
});

test('pings and GOAWAY go on both ways', () => {
  const { say } = createTestRelay();
  const frames: readonly Frame[] = [
    { kind: 'ping', id: 1 },
    { kind: 'goAway', lastId: 7, status: 2 },
  ];
  expect(say('agent', ...frames)).toEqual({ server: frames });
  expect(say('server', ...frames)).toEqual({ agent: frames });
});

test('a stream that may not be is answered or refused, and the server hears nothing of it', () => {
  const { say, asked } = createTestRelay();
  expect(say('agent', open(1, 'answered'))).toEqual({ agent: [reply(1), data(1, 'no'), fin(1)] });
  expect(say('agent', open(3, 'refused'))).toEqual({ agent: [{ kind: 'rstStream', id: 3, status: 3 }] });
  expect(say('agent', data(1, 'x'), fin(1), rst(1), fin(3))).toEqual({});
  expect(say('agent', open(5, 'a'))).toEqual({ server: [open(5, 'a')] });
  expect(asked).toEqual([]);
});

test.each<[string, Side, readonly Frame[], string]>([
  ['opens a stream as the server', 'server', [open(1, 'a')], 'the server opens'],
  ['opens a stream of an even id', 'agent', [open(2, 'a')], 'even'],
  ['opens a stream again', 'agent', [open(1, 'a'), open(1, 'a')], 'rise'],
  ['opens an earlier stream', 'agent', [open(3, 'a'), open(1, 'a')], 'rise'],
  ['opens what is no stream of the call', 'agent', [open(1, 'malformed')], 'not of this call'],
  ['answers a stream as the agent', 'agent', [open(1, 'a'), reply(1)], 'the agent answers'],
  ['speaks on a stream that was never opened', 'agent', [data(1, 'x')], 'never opened'],
  ['ends a stream that was never opened', 'server', [fin(1)], 'never opened'],
  ['resets a stream that was never opened', 'agent', [open(1, 'a'), rst(3)], 'never opened'],
  ['writes where it may not', 'agent', [open(1, 'a'), data(1, 'mute')], 'not its to write'],
])('a side that %s breaks both off', (_what, from, frames, why) => {
  const { relay, peers } = createTestRelay();
  const read = relay.read(from, peers[from].says(...frames, { kind: 'ping', id: 1 }));
  expect(read).toEqual({ kind: 'fault', from, why: expect.stringContaining(why) });
});

test('what is no frame breaks both off, and every stream is gone', () => {
  const { relay, say, asked } = createTestRelay();
  say('agent', open(1, 'a'), open(3, 'b'));
  expect(relay.read('server', hex('80020006'))).toMatchObject({ kind: 'passed', over: false });
  expect(relay.read('server', hex('0000000400000007'))).toMatchObject({ kind: 'fault', from: 'server' });
  expect(asked.filter((line) => line.endsWith('gone'))).toEqual(['a: gone', 'b: gone']);
  expect(relay.read('agent', bytes('x'))).toEqual({ kind: 'passed', toAgent: [], toServer: [], over: true });
});

test.each<Side>(['agent', 'server'])(
  'when the %s is gone, what still goes on does, and it is over',
  (side) => {
    const { relay, say, asked, heardOf } = createTestRelay();
    say('agent', open(1, 'a'), open(3, 'b'));
    say('server', fin(1));
    const passed = relay.ended(side);
    expect(passed.over).toBe(true);
    expect(heardOf(passed)).toEqual({
      agent: [data(3, 'b: the server ends')],
      server: [data(1, 'a: the agent ends'), data(3, 'b: the agent ends')],
    });
    expect(asked.filter((line) => line.endsWith('gone'))).toEqual(['a: gone', 'b: gone']);
    expect(relay.ended('server')).toEqual({ kind: 'passed', toAgent: [], toServer: [], over: true });
  },
);

test('ended from here, every stream says its last words to the agent, and the server hears nothing more', () => {
  const { relay, say, asked, heardOf } = createTestRelay();
  say('agent', open(1, 'a'), open(3, 'b'), open(5, 'c'));
  say('server', reply(1), reply(5), fin(5));
  expect(relay.heard()).toEqual(['a', 'b']);
  const passed = relay.end((name) => bytes(`farewell, ${name}`));
  expect(passed).toMatchObject({ toServer: [], over: true });
  expect(heardOf(passed).agent).toEqual([
    data(1, 'a: the server endsfarewell, a'),
    fin(1),
    reply(3),
    data(3, 'b: the server endsfarewell, b'),
    fin(3),
    { kind: 'goAway', lastId: 5, status: 0 },
  ]);
  expect(asked.filter((line) => line.endsWith('gone'))).toHaveLength(3);
  expect(relay.heard()).toEqual([]);
  const nothing = { kind: 'passed', toAgent: [], toServer: [], over: true };
  expect(relay.end(() => bytes('twice'))).toEqual(nothing);
  expect(relay.say('a', bytes('late'))).toEqual(nothing);
});

test('what is said from here goes to the agent, as long as the server may speak', () => {
  const { relay, say, heardOf } = createTestRelay();
  say('agent', open(1, 'a'));
  expect(heardOf(relay.say('a', bytes('kept')))).toEqual({ agent: [data(1, 'kept')] });
  expect(heardOf(relay.say('b', bytes('kept')))).toEqual({});
  say('server', fin(1));
  expect(relay.say('a', bytes('kept'))).toEqual({ kind: 'passed', toAgent: [], toServer: [], over: false });
});

test('headers reach the server as they were read', () => {
  const { say } = createTestRelay();
  const headers: Headers = new Map([
    ['name', 'a'],
    ['port', '80'],
  ]);
  expect(say('agent', { kind: 'synStream', id: 1, headers })).toEqual({
    server: [{ kind: 'synStream', id: 1, headers }],
  });
});
