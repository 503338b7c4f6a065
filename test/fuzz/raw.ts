// What is sent where a TLS handshake is due.
import type { Shape } from './attack.ts';
import { bytes, inner } from './h1/print.ts';

/** A handshake record that says it is this long. */
const hello = (length: number): Buffer =>
  Buffer.concat([Buffer.of(0x16, 3, 1), Buffer.of(length >> 8, length & 255), Buffer.of(1, 0, 0)]);

export const RAW: Readonly<Record<string, Shape>> = {
  'HTTP without TLS': (m) => bytes(inner(m)),
  'HTTP/2 without TLS': () => bytes('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  'bytes of chance': (m) => m.random.bytes(m.random.below(2000) + 1),
  'half a hello': (m) => Buffer.concat([hello(500), m.random.bytes(m.random.below(400))]),
  'a hello of no sense': (m) => Buffer.concat([hello(300), m.random.bytes(m.random.below(600))]),
  'a record of a false size': (m) => Buffer.concat([hello(0xffff), m.random.bytes(1000)]),
  'records of no content': () => Buffer.concat(Array<Buffer>(500).fill(Buffer.of(0x16, 3, 1, 0, 0))),
  'an alert': () => Buffer.of(0x15, 3, 3, 0, 2, 2, 80),
  nothing: () => Buffer.alloc(0),
};
