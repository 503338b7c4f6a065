// For tests of streams: an exec over a WebSocket as the far ends of it say and hear it.
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BINARY, frame, frames, utf8 } from '../streams/websocket/test-frames.ts';
import { type Upgraded, WEBSOCKET } from './test-sidecar.ts';

export const V5 = 'v5.channel.k8s.io';

export const offering = (...protocols: string[]) => [
  ...WEBSOCKET,
  ...protocols.map((name) => `Sec-WebSocket-Protocol: ${name}`),
];

/** RFC 6455, 4.2.2. */
export const acceptOf = (key: unknown) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** The head of a 101 to what was asked. */
export function switched(
  { headers }: IncomingMessage,
  protocol: string,
  accept = acceptOf(headers['sec-websocket-key']),
): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

const message = (channel: number, text: string) => ({
  opcode: BINARY,
  payload: utf8(String.fromCharCode(channel) + text),
});
export const fromServer = (channel: number, text: string) => frame('server', message(channel, text));
export const fromAgent = (channel: number, text: string) => frame('agent', message(channel, text));

/** What has come: `1:a text on that channel`, or the opcode of what is no message. */
export const saidTo = (to: 'agent' | 'server', wire: Buffer) =>
  frames(to, wire).map(({ opcode, payload: [channel, ...text] }) =>
    opcode === BINARY ? `${channel}:${Buffer.from(text)}` : opcode,
  );

/** Says hello on stdout, and takes what comes. */
export const hello: Upgraded = (req, socket) => {
  socket.write(Buffer.concat([Buffer.from(switched(req, V5)), fromServer(1, 'hello')]));
  socket.resume();
};
