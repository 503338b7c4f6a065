import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHANNELS, SPEAKER, WEBSOCKET_COMMAND_PROTOCOLS } from '../channels.ts';
import type { Channel, Fault, Passed, Side } from '../relay.ts';
import { otherSide } from './messages.ts';
import { BASE64, command, message, V5, whole } from './test-commands.ts';
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
  say,
  TEXT,
  utf8,
} from './test-frames.ts';
import { keepingTap } from './test-taps.ts';

/** All that the frames say on each channel, and how many messages. */
function spoken(name: string, all: readonly Frame[]): Map<Channel, Uint8Array> {
  const by = new Map<Channel, Uint8Array>();
  for (const { payload } of all) {
    const isBase64 = name.includes('base64');
    const channel = CHANNELS[(payload[0] ?? 0) - (isBase64 ? 48 : 0)];
    if (channel === undefined) throw new Error('no channel');
    const rest = payload.subarray(1);
    const said = isBase64 ? Buffer.from(Buffer.from(rest).toString(), 'base64') : rest;
    by.set(channel, joined([by.get(channel) ?? bytes(), said]));
  }
  return by;
}

test.each([...WEBSOCKET_COMMAND_PROTOCOLS.keys()])(
  'by %j each channel says the same on the other side and to the tap, wherever it is cut',
  (name) => {
    for (const from of ['agent', 'server'] as const) {
      const channels = CHANNELS.filter((channel) => SPEAKER[channel] === from);
      const all = joined(
        channels.map((channel) => frame(from, message(name, channel, utf8(`on ${channel}: ü`)))),
      );
      for (const cuts of everyCut(all.length)) {
        const { tap, relay } = command(name);
        const passed = heard(say(relay, from, all, cuts));
        expect(passed[from]).toEqual([]);
        const by = spoken(name, passed[otherSide(from)]);
        expect([...by.keys()]).toEqual(channels);
        for (const channel of channels) {
          expect(by.get(channel)).toEqual(utf8(`on ${channel}: ü`));
          expect(tap.said(channel)).toEqual(utf8(`on ${channel}: ü`));
        }
      }
    }
  },
);

test('text and fragments of a client are read as the message that they are, and go on as binary', () => {
  const { relay } = command('v4.channel.k8s.io');
  const wire = joined([
    frame('agent', { opcode: TEXT, payload: utf8('\0ls'), final: false }),
    frame('agent', { opcode: CONTINUATION, payload: utf8('\x04 -l\n') }),
  ]);
  expect(heard(say(relay, 'agent', wire)).server).toEqual([
    whole({ opcode: BINARY, payload: utf8('\0ls\x04 -l\n') }),
  ]);
});

test('any session says the same, however it is framed and cut', () => {
  const run = fc.record({
    name: fc.constantFrom(...WEBSOCKET_COMMAND_PROTOCOLS.keys()),
    from: fc.constantFrom<Side>('agent', 'server'),
    said: fc.array(fc.tuple(fc.nat(1), fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(30)), {
      maxLength: 8,
    }),
    cuts: fc.array(fc.nat(400), { maxLength: 10 }),
  });
  fc.assert(
    fc.property(run, ({ name, from, said, cuts }) => {
      const channels = CHANNELS.filter((channel) => SPEAKER[channel] === from);
      const expected = new Map<Channel, Uint8Array>();
      const wire = joined(
        said.flatMap(([which, text, fragment]) => {
          const channel = channels[which] ?? 'stdin';
          expected.set(channel, joined([expected.get(channel) ?? bytes(), text]));
          const { opcode, payload } = message(name, channel, text);
          return [
            frame(from, { opcode, payload: payload.subarray(0, fragment), final: false }),
            frame(from, { opcode: CONTINUATION, payload: payload.subarray(fragment) }),
          ];
        }),
      );
      const places = cuts.filter((at) => at <= wire.length);
      const passed = heard(say(command(name).relay, from, wire, places));
      expect(spoken(name, passed[otherSide(from)])).toEqual(expected);
    }),
  );
});

test('what the tap makes of it goes on as one message, and nothing where it keeps all', () => {
  const kept = command(V5, { tap: keepingTap({ change: () => [] }) });
  expect(
    heard(say(kept.relay, 'server', frame('server', message(V5, 'stdout', utf8('secret'))))).agent,
  ).toEqual([]);
  const changed = command(V5, { tap: keepingTap({ change: () => [utf8('a'), utf8('b')] }) });
  expect(
    heard(say(changed.relay, 'server', frame('server', message(V5, 'stdout', utf8('secret'))))).agent,
  ).toEqual([whole(message(V5, 'stdout', utf8('ab')))]);
});

test.each([V5, BASE64])(
  'by %s what one read gives of a channel is one word to the tap and one message',
  (name) => {
    const asked: string[] = [];
    const tap = {
      ...keepingTap(),
      data: (channel: Channel, said: Uint8Array) => {
        asked.push(`${channel} ${Buffer.from(said)}`);
        return [said];
      },
    };
    const { relay } = command(name, { tap });
    const letters = (channel: Channel) =>
      [...'abcdef'].map((letter) => frame('agent', message(name, channel, utf8(letter))));
    const size = utf8('{"Width":80,"Height":24}');
    const sizes = frame('agent', message(name, 'resize', size));
    const wire = joined([...letters('stdin'), sizes, sizes, ...letters('stdin')]);
    const word = whole(message(name, 'stdin', utf8('abcdef')));
    const sized = whole(message(name, 'resize', size));
    expect(heard(say(relay, 'agent', wire)).server).toEqual([word, sized, sized, word]);
    expect(asked).toEqual([
      'stdin abcdef',
      `resize ${Buffer.from(size)}`,
      `resize ${Buffer.from(size)}`,
      'stdin abcdef',
    ]);
  },
);

test('messages that say nothing go on as one', () => {
  const empty = message(V5, 'stdin', bytes());
  const wire = joined(Array.from({ length: 1000 }, () => frame('agent', empty)));
  expect(heard(say(command().relay, 'agent', wire)).server).toEqual([whole(empty)]);
});

test.each(['stdin', 'stdout', 'stderr', 'error'] as const)(
  '%s, where it was not asked for, is a fault',
  (channel) => {
    const channels = CHANNELS.filter((each) => each !== channel);
    const from = SPEAKER[channel];
    const { relay, tap } = command(V5, { channels });
    expect(relay.read(from, frame(from, message(V5, channel, utf8('x'))))).toEqual({
      kind: 'fault',
      from,
      why: 'a message is on a channel that was not asked for',
    } satisfies Fault);
    expect(tap.said(channel)).toEqual(bytes());
  },
);

test('the size of a terminal that was not asked for goes nowhere: the JavaScript client tells it all the same', () => {
  const { relay, tap } = command(V5, { channels: ['stdin', 'stdout', 'stderr', 'error'] });
  const size = message(V5, 'resize', utf8('{"Width":80,"Height":24}'));
  expect(heard(say(relay, 'agent', frame('agent', size))).server).toEqual([]);
  expect(tap.said('resize')).toEqual(bytes());
});

test('what the tap lets go later is said on its channel', () => {
  const { relay } = command(BASE64);
  expect(heard([relay.say('stderr', utf8('$ '))]).agent).toEqual([
    whole(message(BASE64, 'stderr', utf8('$ '))),
  ]);
});

test('the server’s first message, which says nothing, goes on', () => {
  for (const name of [V5, BASE64]) {
    const { tap, relay } = command(name);
    const empty = message(name, 'stdout', bytes());
    const wire = frame('server', empty);
    for (const cuts of everyCut(wire.length)) {
      expect(heard(say(command(name).relay, 'server', wire, cuts)).agent).toEqual([whole(empty)]);
    }
    say(relay, 'server', wire);
    expect(tap.said('stdout')).toEqual(bytes());
  }
});

test('a message without a channel says nothing', () => {
  const { relay } = command();
  expect(heard(say(relay, 'agent', frame('agent', { opcode: BINARY, payload: bytes() }))).server).toEqual([]);
});

test.each(['resize', 'error'] as const)('a message on %s goes on whole, however it came', (channel) => {
  const from = SPEAKER[channel];
  const text = utf8('{"Width":80,"Height":24}');
  const [head, ...rest] = message(V5, channel, text).payload;
  const wire = joined([
    frame(from, { opcode: BINARY, payload: bytes(head ?? 0, ...rest.slice(0, 5)), final: false }),
    frame(from, { opcode: CONTINUATION, payload: Uint8Array.from(rest.slice(5)) }),
  ]);
  for (const cuts of everyCut(wire.length)) {
    const passed = heard(say(command().relay, from, wire, cuts));
    expect(passed[otherSide(from)]).toEqual([whole(message(V5, channel, text))]);
  }
});

test.each(['resize', 'error'] as const)(
  'a message on %s of 64 KiB goes on, and a longer one does not',
  (channel) => {
    const from = SPEAKER[channel];
    const most = message(V5, channel, new Uint8Array(65536));
    expect(heard(say(command().relay, from, frame(from, most), [3, 40_000]))[otherSide(from)]).toEqual([
      whole(most),
    ]);
    const { relay } = command();
    say(relay, from, frame(from, { ...most, final: false }));
    expect(relay.read(from, frame(from, { opcode: CONTINUATION, payload: bytes(1), final: false }))).toEqual({
      kind: 'fault',
      from,
      why: 'a message that must be whole is longer than 64 KiB',
    } satisfies Fault);
  },
);

test.each(['resize', 'error'] as const)(
  'of a message on %s that is to come whole no chunk is kept',
  (channel) => {
    const from = SPEAKER[channel];
    const { relay } = command();
    const text = utf8('{"Width":80,"Height":24}');
    const { payload } = message(V5, channel, text);
    const pieces = [...payload].map((byte, i) =>
      frame(from, {
        opcode: i === 0 ? BINARY : CONTINUATION,
        payload: bytes(byte),
        final: i === payload.length - 1,
      }),
    );
    const passed = pieces.map((piece) => {
      const read = relay.read(from, piece);
      piece.fill(0xff);
      if (read.kind === 'fault') throw new Error(read.why);
      return read;
    });
    expect(heard(passed)[otherSide(from)]).toEqual([whole(message(V5, channel, text))]);
  },
);

const fault = (name: string, from: Side, one: Frame) => command(name).relay.read(from, frame(from, one));

test.each([
  [
    'a close signal for no channel',
    V5,
    'agent',
    message(V5, 255, bytes(5)),
    'a close signal names no channel',
  ],
  ['a close signal with nothing', V5, 'server', message(V5, 255, bytes()), 'a close signal names no channel'],
  ['a close signal with more', V5, 'agent', message(V5, 255, bytes(0, 1)), 'a close signal names no channel'],
  [
    'a close signal before v5',
    'v4.channel.k8s.io',
    'agent',
    message(V5, 255, bytes(0)),
    'a message is on a channel that its sender does not have',
  ],
  [
    'the agent on stdout',
    V5,
    'agent',
    message(V5, 'stdout', bytes(1)),
    'a message is on a channel that its sender does not have',
  ],
  [
    'the server on stdin',
    V5,
    'server',
    message(V5, 'stdin', bytes(1)),
    'a message is on a channel that its sender does not have',
  ],
  [
    'a sixth channel',
    V5,
    'server',
    { opcode: BINARY, payload: bytes(5) },
    'a message is on a channel that its sender does not have',
  ],
  [
    'a number where base64 has a character',
    BASE64,
    'agent',
    { opcode: BINARY, payload: bytes(0) },
    'a message is on a channel that its sender does not have',
  ],
  ['no base64', BASE64, 'agent', { opcode: TEXT, payload: utf8('0ab') }, 'a message is not base64'],
] as const)('%s is a fault', (_, name, from, one, why) => {
  expect(fault(name, from, one)).toEqual({ kind: 'fault', from, why });
});

test('any messages are passed on whole or are a fault, and never thrown over', () => {
  const message = fc.record({
    from: fc.constantFrom<Side>('agent', 'server'),
    opcode: fc.constantFrom(CONTINUATION, TEXT, BINARY, CLOSE, PING),
    final: fc.boolean(),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.tuple(fc.constantFrom(0, 1, 2, 3, 4, 255), fc.nat(5)).map((pair) => bytes(...pair)),
      fc.string({ maxLength: 6 }).map((text) => utf8(`0${text}`)),
    ),
  });
  const name = fc.constantFrom(V5, BASE64, 'channel.k8s.io');
  fc.assert(
    fc.property(name, fc.array(message, { maxLength: 12 }), (protocol, said) => {
      const { relay } = command(protocol);
      const passed: Passed[] = [];
      for (const one of said) {
        const next = relay.read(one.from, frame(one.from, one));
        if (next.kind === 'fault') break;
        passed.push(next);
      }
      const { agent, server } = heard(passed);
      expect([...agent, ...server].every(({ final }) => final)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
