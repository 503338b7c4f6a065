import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SPEAKER } from '../channels.ts';
import type { Frame } from './frame.ts';
import { CHANNELS, createTestCommand, openAs, textOf } from './test-command.ts';
import { bytes, cutAt } from './test-peer.ts';
import { data, fin, rst } from './test-relay.ts';

test('the channels are opened in any order, as the agent opens them', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...CHANNELS]), (channels) => {
      const { begun, idOf } = createTestCommand('v4.channel.k8s.io', channels);
      const opens = channels.map((channel) => openAs(idOf(channel), channel));
      expect(begun).toEqual(opens.length === 0 ? {} : { server: opens });
    }),
  );
});

test.each(CHANNELS)(
  'what is said on %s goes on as the tap has it, and what it kept before the end',
  (channel) => {
    const { say, idOf, asked } = createTestCommand();
    const id = idOf(channel);
    const from = SPEAKER[channel];
    const to = from === 'agent' ? 'server' : 'agent';
    expect(say(from, data(id, 'said'))).toEqual({ [to]: [data(id, 'SAID')] });
    expect(say(from, fin(id))).toEqual({ [to]: [data(id, `<${channel}>`), fin(id)] });
    expect(asked).toEqual([`${channel} said`, `${channel} closed`]);
  },
);

test.each(CHANNELS)('who only listens on %s may end its half, and not speak', (channel) => {
  const { say, idOf, asked } = createTestCommand();
  const from = SPEAKER[channel];
  const to = from === 'agent' ? 'server' : 'agent';
  expect(say(to, fin(idOf(channel)))).toEqual({ [from]: [fin(idOf(channel))] });
  expect(asked).toEqual([]);
  const other = createTestCommand();
  expect(other.say(to, data(other.idOf(channel), 'x'))).toBe('data on a stream that is not its to write');
});

test('the server ends a command by resetting its streams: what was kept is shown before that', () => {
  const { say, idOf } = createTestCommand();
  expect(say('server', rst(idOf('stdout')))).toEqual({
    agent: [data(idOf('stdout'), '<stdout>'), rst(idOf('stdout'))],
  });
});

test.each<[string, Frame]>([
  ['of a port-forward', openAs(11, 'data')],
  ['without a type', { kind: 'synStream', id: 11, headers: new Map() }],
  [
    'with another header',
    {
      kind: 'synStream',
      id: 11,
      headers: new Map([
        ['streamtype', 'stdin'],
        ['port', '80'],
      ]),
    },
  ],
])('a stream %s breaks both off', (_what, frame) => {
  expect(createTestCommand('', []).say('agent', frame)).toBe('a stream is none of exec or attach');
});

test.each(CHANNELS)('a stream for %s, which was not asked for, breaks both off', (channel) => {
  const wanted = CHANNELS.filter((each) => each !== channel);
  const { say } = createTestCommand('v4.channel.k8s.io', wanted, wanted);
  expect(say('agent', openAs(11, channel))).toBe('a channel is opened that was not asked for');
});

test('what one read gives of a channel is one word to the tap and one frame, whatever frames it came in', () => {
  const { say, idOf, asked, relay, peers } = createTestCommand();
  const [stdin, resize] = [idOf('stdin'), idOf('resize')];
  const letters = [...'abcdef'].map((letter) => data(stdin, letter));
  const frames = [...letters, data(resize, '{}'), ...letters, fin(stdin)];
  expect(say('agent', ...frames)).toEqual({
    server: [data(stdin, 'ABCDEF'), data(resize, '{}'), data(stdin, 'ABCDEF<stdin>'), fin(stdin)],
  });
  expect(asked).toEqual(['stdin abcdef', 'resize {}', 'stdin abcdef', 'stdin closed']);
  const read = relay.read('server', peers.server.says(data(idOf('stdout'), 'x'), data(idOf('stdout'), 'y')));
  expect(read.kind === 'passed' && read.toAgent.map((bytes) => bytes.length)).toEqual([8, 2]);
});

test('a channel is opened once, also when its first stream is gone', () => {
  const { say, idOf } = createTestCommand();
  say('agent', rst(idOf('stdin')));
  expect(say('agent', openAs(11, 'stdin'))).toBe('a channel is opened twice');
});

test('what the tap lets go later is said on its channel', () => {
  const { relay, heard, idOf, say } = createTestCommand();
  expect(heard(relay.say('stderr', bytes('prompt')))).toEqual({ agent: [data(idOf('stderr'), 'prompt')] });
  say('server', fin(idOf('stderr')));
  expect(heard(relay.say('stderr', bytes('late')))).toEqual({});
});

test('wherever the bytes are cut, the tap and the server are told the same', () => {
  const { peers, relay, asked, idOf, heard } = createTestCommand();
  const frames = [data(idOf('stdin'), 'one'), data(idOf('resize'), 'two'), fin(idOf('stdin'))];
  const said = peers.agent.says(...frames);
  const text = (lines: readonly string[]) => lines.map((line) => line.replace('stdin ', '')).join('');
  for (let place = 1; place < said.length; place += 1) {
    const other = createTestCommand();
    const server = cutAt(said, [place]).flatMap((chunk) => {
      const read = other.relay.read('agent', chunk);
      return read.kind === 'passed' ? (other.heard(read).server ?? []) : [];
    });
    expect(textOf(server, idOf('stdin'))).toBe('ONE<stdin>');
    expect(textOf(server, idOf('resize'))).toBe('TWO');
    expect(text(other.asked)).toContain('closed');
  }
  const whole = relay.read('agent', said);
  expect(whole.kind === 'passed' && heard(whole).server).toHaveLength(4);
  expect(asked).toEqual(['stdin one', 'resize two', 'stdin closed']);
});
