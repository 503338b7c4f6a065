// Port-forward with its ports in the query: connection n has the data channel 2n and the error channel 2n + 1, and on both the
// server first says the port. Source: k8s.io/cri-streaming pkg/streaming/portforward/websocket.go.
import type { PortsProtocol } from '../channels.ts';
import type { Fault, PortsTap, Relay, Side } from '../relay.ts';
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

export interface PortsOptions {
  readonly protocol: PortsProtocol;
  /** In the query's order, at most 128: channels have a byte. Of more than MAX_BASE64_PORTS the channels are not known in base64. */
  readonly ports: readonly number[];
  readonly tap: PortsTap;
}

/** Beyond this a channel's number is no ASCII character: upstream prints it as two bytes and reads it as one. */
export const MAX_BASE64_PORTS = 40;

export function createWebSocketPorts(options: PortsOptions & { random: Random }): Relay {
  const { read, ended, end } = createWebSocketRelay({
    isText: options.protocol.base64,
    random: options.random,
    inner: createPortsMessages(options),
  });
  return { read, ended, end };
}

const PORT_BYTES = 2;
const encoder = new TextEncoder();
const connectionOf = (channel: number): number => channel >> 1;
const errorChannelOf = (connection: number): number => 2 * connection + 1;
const isError = (channel: number): boolean => channel % 2 === 1;

function createPortsMessages({ protocol, ports, tap }: PortsOptions): MessageRelay {
  const { base64 } = protocol;
  const numbered = {
    agent: createNumberReader(base64, () => false),
    server: createNumberReader(base64, () => false),
  };
  const connections = ports.slice(0, base64 ? MAX_BASE64_PORTS : undefined).map((port, connection) => ({
    /** As the server says it. */
    port: Uint8Array.of(port & 0xff, port >> 8),
    refusal: tap.opened(connection, port),
  }));
  /** By channel, how many bytes of its port the server has said. */
  const heard = connections.flatMap(() => [0, 0]);
  let isClosed = false;

  const on = (to: Side, channel: number, bytes: Uint8Array): Going<Message> =>
    passedTo(to, [printNumbered(base64, channel, [bytes])]);

  const data = (from: Side, channel: number, bytes: Uint8Array): Going<Message> => {
    const connection = connectionOf(channel);
    if (bytes.length === 0 || connections[connection]?.refusal !== undefined) return NOTHING;
    if (!isError(channel)) tap.passed(connection, from, bytes.length);
    return on(otherSide(from), channel, bytes);
  };

  /** The port goes on as one message, which clients wait for. Undefined: it is another than was asked for. */
  const fromServer = (
    { channel, bytes }: Numbered,
    { port, refusal }: Connection,
  ): Going<Message> | undefined => {
    const before = heard[channel] ?? 0;
    const said = bytes.subarray(0, PORT_BYTES - before);
    if (said.some((byte, i) => byte !== port[before + i])) return undefined;
    heard[channel] = before + said.length;
    const isHeard = said.length > 0 && heard[channel] === PORT_BYTES;
    return together([
      isHeard ? on('agent', channel, port) : NOTHING,
      isHeard && isError(channel) && refusal !== undefined
        ? on('agent', channel, encoder.encode(refusal))
        : NOTHING,
      data('server', channel, bytes.subarray(said.length)),
    ]);
  };

  const close = (): void => {
    if (!isClosed) for (const connection of connections.keys()) tap.closed(connection);
    isClosed = true;
  };

  const hear = (from: Side, said: Numbered): Going<Message> | Fault => {
    const fault = (why: string): Fault => ({ kind: 'fault', from, why });
    const connection = connections[connectionOf(said.channel)];
    if (connection === undefined || (from === 'agent' && isError(said.channel))) {
      return fault('a message is on a channel that its sender does not have');
    }
    if (from === 'agent') return data(from, said.channel, said.bytes);
    return fromServer(said, connection) ?? fault('another port was forwarded than was asked for');
  };

  return {
    read: (from, pieces) => eachOf(numbered[from](pieces), from, hear),
    ended: (from) => {
      // The agent's last word leaves the server's still to come.
      if (from === 'server') close();
      return NOTHING;
    },
    end: ({ message }) => {
      const told = connections.flatMap(({ port, refusal }, connection) => {
        const channel = errorChannelOf(connection);
        if (refusal !== undefined) return [];
        const isHeard = heard[channel] === PORT_BYTES;
        return [
          ...(isHeard ? [] : [on('agent', channel, port)]),
          on('agent', channel, encoder.encode(message)),
        ];
      });
      close();
      return { ...together(told), over: true };
    },
  };
}

interface Connection {
  readonly port: Uint8Array;
  readonly refusal: string | undefined;
}
