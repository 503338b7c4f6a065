import { expect, test } from 'vitest';
import { CHANNELS } from '../channels.ts';
import type { ReadAlong } from '../last-words.ts';
import { BASE64, closing, command, message, V5, whole } from './test-commands.ts';
import { bytes, CLOSE, everyCut, frame, heard, joined, say, utf8 } from './test-frames.ts';
import { type KeepingTap, keepingTap } from './test-taps.ts';

const last = { message: 'the grant has ended', status: '{"kind":"Status"}' };
const normal = whole({ opcode: CLOSE, payload: bytes(0x03, 0xe8) });

test('v5: stdin is closed for itself, once, after what the tap kept; what is said on it later is dropped', () => {
  const wire = joined([
    frame('agent', message(V5, 'stdin', utf8('a'))),
    frame('agent', closing('stdin')),
    frame('agent', closing('stdin')),
    frame('agent', message(V5, 'stdin', utf8('b'))),
    frame('agent', message(V5, 'resize', utf8('{}'))),
  ]);
  for (const cuts of everyCut(wire.length)) {
    const { tap, relay } = command(V5, { tap: keepingTap({ rest: { stdin: 'kept' } }) });
    const passed = heard(say(relay, 'agent', wire, cuts));
    expect(passed).toEqual({
      agent: [],
      server: [
        message(V5, 'stdin', utf8('a')),
        message(V5, 'stdin', utf8('kept')),
        closing('stdin'),
        message(V5, 'resize', utf8('{}')),
      ].map(whole),
      over: false,
    });
    expect(tap.said('stdin')).toEqual(utf8('a'));
    expect(tap.closings).toEqual(['stdin']);
    relay.ended('agent');
    expect(tap.closings.filter((channel) => channel === 'stdin')).toHaveLength(1);
  }
});

test('v5: a side may close a channel that it only listens on, and the other goes on speaking', () => {
  const { tap, relay } = command();
  expect(heard(say(relay, 'agent', frame('agent', closing('stdout')))).server).toEqual([
    whole(closing('stdout')),
  ]);
  expect(tap.closings).toEqual([]);
  const spoken = message(V5, 'stdout', utf8('still'));
  expect(heard(say(relay, 'server', frame('server', spoken))).agent).toEqual([whole(spoken)]);
});

test('v5: nothing is said on a channel that the server has closed, by the tap neither', () => {
  const { relay } = command();
  say(relay, 'server', frame('server', closing('stdout')));
  expect(heard(say(relay, 'server', frame('server', message(V5, 'stdout', utf8('x'))))).agent).toEqual([]);
  expect(heard([relay.say('stdout', utf8('x'))]).agent).toEqual([]);
});

test('the server’s close frame is told after what the tap kept of its channels, the agent’s after its own', () => {
  const tap = () => keepingTap({ rest: { stdout: 'tail', stdin: 'kept' } });
  const server = command(V5, { tap: tap() });
  expect(heard(say(server.relay, 'server', frame('server', normal))).agent).toEqual([
    whole(message(V5, 'stdout', utf8('tail'))),
    normal,
  ]);
  expect(server.tap.closings).toEqual(['stdout', 'stderr', 'error']);
  const agent = command(V5, { tap: tap() });
  expect(heard(say(agent.relay, 'agent', frame('agent', normal))).server).toEqual([
    whole(message(V5, 'stdin', utf8('kept'))),
    normal,
  ]);
  expect(agent.tap.closings).toEqual(['stdin', 'resize']);
});

test('a connection that breaks off closes every channel for the tap', () => {
  const { tap, relay } = command();
  relay.ended('agent');
  expect([...tap.closings].sort()).toEqual([...CHANNELS].sort());
});

const ended = (name: string, options: { tap?: KeepingTap; readAlong?: ReadAlong } = {}) => {
  const { tap, relay } = command(name, options);
  return { tap, passed: heard([relay.end(last)]) };
};

test('who is cut off reads why on stderr and as a Status, and both sides are closed', () => {
  const { tap, passed } = ended(V5, { tap: keepingTap({ rest: { stdout: 'tail', stdin: 'kept' } }) });
  expect(passed).toEqual({
    agent: [
      message(V5, 'stdout', utf8('tail')),
      message(V5, 'stderr', utf8('the grant has ended\n')),
      message(V5, 'error', utf8('{"kind":"Status"}')),
      normal,
    ].map(whole),
    server: [normal],
    over: true,
  });
  expect([...tap.closings].sort()).toEqual([...CHANNELS].sort());
});

test.each([
  ['v4.channel.k8s.io', '{"kind":"Status"}'],
  [BASE64, '{"kind":"Status"}'],
  ['v3.channel.k8s.io', 'the grant has ended'],
  ['v2.channel.k8s.io', 'the grant has ended'],
  ['channel.k8s.io', 'the grant has ended'],
  ['base64.channel.k8s.io', 'the grant has ended'],
  ['', 'the grant has ended'],
])('by %j the error channel says %s', (name, told) => {
  expect(ended(name).passed.agent).toEqual(
    [message(name, 'stderr', utf8('the grant has ended\n')), message(name, 'error', utf8(told)), normal].map(
      whole,
    ),
  );
});

test('at a terminal why is read on stdout, in a line of its own; who reads neither has the Status', () => {
  const status = whole(message(V5, 'error', utf8('{"kind":"Status"}')));
  const at = (readAlong: ReadAlong) => ended(V5, { readAlong }).passed.agent;
  expect(at('stdout')).toEqual([
    whole(message(V5, 'stdout', utf8('\r\nthe grant has ended\r\n'))),
    status,
    normal,
  ]);
  expect(at(undefined)).toEqual([status, normal]);
});

test('a command whose end is told already is told no other', () => {
  const { relay } = command('v4.channel.k8s.io');
  say(relay, 'server', frame('server', message(V5, 'error', utf8('{"status":"Success"}'))));
  expect(heard([relay.end(last)]).agent).toEqual([normal]);
});

test('nothing is told on a channel that the server has closed', () => {
  const { relay } = command();
  say(relay, 'server', joined([frame('server', closing('stderr')), frame('server', closing('error'))]));
  expect(heard([relay.end(last)]).agent).toEqual([normal]);
});
