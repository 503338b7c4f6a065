// Exec and attach over WebSocket: what is said on each channel goes through the tap and on, bytes as they come, resizes and the
// end whole. Source: k8s.io/cri-streaming pkg/streaming/remotecommand/websocket.go, and for v5 k8s.io/apiserver pkg/util/proxy.
import { CHANNELS, CLOSE_SIGNAL, SPEAKER } from '../channels.ts';
import type { CommandOptions } from '../command-options.ts';
import { lastLine, lastStatus } from '../last-words.ts';
import type { Channel, CommandRelay, Fault, Side } from '../relay.ts';
import type { Random } from './frame-printer.ts';
import {
  type Going,
  type Message,
  type MessageRelay,
  NOTHING,
  otherSide,
  passedTo,
  together,
} from './messages.ts';
import { createNumberReader, eachOf, type Numbered, printNumbered } from './numbered.ts';
import { createWebSocketRelay } from './relay.ts';
import { createWholeReader } from './whole.ts';

/** Passed on as they come, however long their messages are; of the others each message is read for itself. */
const IN_PIECES: ReadonlySet<Channel | undefined> = new Set<Channel>(['stdin', 'stdout', 'stderr']);
const isWhole = (number: number): boolean => !IN_PIECES.has(CHANNELS[number]);

export function createWebSocketCommand(options: CommandOptions & { random: Random }): CommandRelay {
  const inner = createCommandMessages(options);
  const relay = createWebSocketRelay({ isText: options.protocol.base64, random: options.random, inner });
  return {
    read: relay.read,
    ended: relay.ended,
    end: relay.end,
    say: (channel, bytes) => relay.pass(inner.say(channel, bytes)),
  };
}

interface CommandMessages extends MessageRelay {
  say(...said: Parameters<CommandRelay['say']>): Going<Message>;
}

function createCommandMessages({ protocol, channels, readAlong, tap }: CommandOptions): CommandMessages {
  const { base64, closeSignal } = protocol;
  const numbered = {
    agent: createNumberReader(base64, isWhole),
    server: createNumberReader(base64, isWhole),
  };
  const whole = { agent: createWholeReader(), server: createWholeReader() };
  /** By who speaks on it. */
  const closed = new Set<Channel>();
  /** The command has ended, and what is said of it is said once: clients read one Status. */
  let hasEnded = false;

  /** Parts of one message; none: there is none. */
  const on = (channel: Channel, parts: readonly Uint8Array[]): Going<Message> =>
    parts.length === 0
      ? NOTHING
      : passedTo(otherSide(SPEAKER[channel]), [printNumbered(base64, CHANNELS.indexOf(channel), parts)]);

  const close = (channel: Channel): Going<Message> => {
    if (closed.has(channel)) return NOTHING;
    closed.add(channel);
    return on(channel, tap.closed(channel));
  };

  const signal = (to: Side, channel: Channel): Going<Message> =>
    passedTo(to, [[Uint8Array.of(CLOSE_SIGNAL, CHANNELS.indexOf(channel))]]);

  const data = (channel: Channel, { bytes, first, last }: Numbered): Going<Message> => {
    if (closed.has(channel)) return NOTHING;
    // The server's first message says nothing, on the first channel that it will speak on: the connection stands.
    if (bytes.length === 0) return first && last ? on(channel, [bytes]) : NOTHING;
    hasEnded ||= channel === 'error';
    return on(channel, tap.data(channel, bytes));
  };

  /** Either side may close a channel, also one it only listens on: client-go closes all. */
  const closing = (from: Side, said: Numbered): Going<Message> | Fault => {
    const channel = said.bytes.length === 1 ? CHANNELS[said.bytes[0] ?? -1] : undefined;
    if (channel === undefined) return { kind: 'fault', from, why: 'a close signal names no channel' };
    if (SPEAKER[channel] !== from) return signal(otherSide(from), channel);
    return closed.has(channel) ? NOTHING : together([close(channel), signal(otherSide(from), channel)]);
  };

  const ended = (from: Side): Going<Message> =>
    together(CHANNELS.filter((of) => SPEAKER[of] === from).map(close));

  const hear = (from: Side, said: Numbered): Going<Message> | Fault => {
    const fault = (why: string): Fault => ({ kind: 'fault', from, why });
    const isSignal = closeSignal && said.channel === CLOSE_SIGNAL;
    const channel = CHANNELS[said.channel];
    if (!isSignal && (channel === undefined || SPEAKER[channel] !== from)) {
      return fault('a message is on a channel that its sender does not have');
    }
    const message = isWhole(said.channel) ? whole[from](said) : said;
    if (message === undefined) return NOTHING;
    if (message === 'tooLong') return fault('a message that must be whole is longer than 64 KiB');
    if (channel === undefined) return closing(from, message);
    if (channels.has(channel)) return data(channel, message);
    // The JavaScript client tells the size of its own terminal, whether one was asked for or not; nobody would look at it.
    return channel === 'resize' ? NOTHING : fault('a message is on a channel that was not asked for');
  };

  return {
    read: (from, pieces) => eachOf(numbered[from](pieces), from, hear),
    ended,
    // No close signal: the API server sends none, and of one client-go complains on a person's stderr.
    end: (last) => {
      const wasClosed = new Set(closed);
      const say = (channel: Channel | undefined, bytes: Uint8Array): Going<Message> =>
        channel === undefined || hasEnded || wasClosed.has(channel) ? NOTHING : on(channel, [bytes]);
      const told = together([
        ended('agent'),
        ended('server'),
        say(readAlong, lastLine(readAlong, last)),
        say('error', lastStatus(protocol, last)),
      ]);
      return { ...told, toServer: [], over: true };
    },
    say: (channel, bytes) => (closed.has(channel) ? NOTHING : on(channel, [bytes])),
  };
}
