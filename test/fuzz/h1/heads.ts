// Heads of HTTP/1.1 that ask for what the policy permits, in a form that must not pass.
import type { Shape } from '../attack.ts';
import { head, inner, shape, TE } from './print.ts';

const VERSIONS = [
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/1.',
  'http/1.1',
  'HTTP/1.1x',
  'HTTP/01.1',
  'HTCPCP/1.0',
  '',
];
const TARGETS = [
  '\x00',
  ' x',
  '\\..\\x',
  '%00',
  ';x',
  '%2e%2e/x',
  '/../x',
  '//x',
  '\x7f',
  '\xff',
  '#x',
  '%',
  '?a=%',
  '?a;b',
];
const METHODS = [
  'get',
  'GeT',
  'GET\t',
  'GE T',
  'TRACE',
  'PRI',
  'X'.repeat(9000),
  '\x00GET',
  'DEBUG',
  'M-SEARCH',
  'SOURCE',
];

export const HEADS: Readonly<Record<string, Shape>> = {
  'a header without a name': shape(
    (m) =>
      `${head(m, [`: a`, m.random.pick(['no colon', 'a b: c', '\x01: x', '(x): y', ' first: x'])], `GET ${m.permitted} HTTP/1.1`)}`,
  ),
  'a bare CR in a header': shape((m) =>
    head(m, [`X-A: b\r${TE}\rImpersonate-User: root`], `GET ${m.permitted} HTTP/1.1`),
  ),
  'NUL in a header': shape((m) => head(m, ['X-A: b\x00c'], `GET ${m.permitted} HTTP/1.1`)),
  'h2c with prior settings': shape(
    (m) =>
      `${head(m, ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'], `GET ${m.permitted} HTTP/1.1`)}`,
  ),
  'the preface of HTTP/2': shape((m) => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0${inner(m)}`),
  'an absolute target': shape((m) =>
    head(
      m,
      [],
      `GET ${m.random.pick(['http', 'https', 'HTTPS', 'ftp'])}://${m.random.pick(['x', 'kubernetes.default.svc', '127.0.0.1:15443', 'a@b'])}${m.permitted} HTTP/1.1`,
    ),
  ),
  'an odd target': shape((m) => head(m, [], `GET ${m.permitted}${m.random.pick(TARGETS)} HTTP/1.1`)),
  'a target of another form': shape((m) =>
    head(
      m,
      [],
      `${m.random.pick(['OPTIONS', 'GET', 'DELETE'])} ${m.random.pick(['*', '', '//', m.permitted.slice(1), `?${m.permitted}`])} HTTP/1.1`,
    ),
  ),
  'an odd method': shape((m) => head(m, [], `${m.random.pick(METHODS)} ${m.permitted} HTTP/1.1`)),
  'an odd version': shape((m) => head(m, [], `GET ${m.permitted} ${m.random.pick(VERSIONS)}`)),
  'another identity': shape((m) =>
    head(
      m,
      [
        m.random.pick([
          'Impersonate-User: root',
          'X-Remote-User: root',
          'Connection: Authorization',
          'impersonate-extra-a: b',
        ]),
      ],
      `GET ${m.permitted} HTTP/1.1`,
    ),
  ),
  'two hosts': shape((m) => head(m, ['Host: y'], `GET ${m.permitted} HTTP/1.1`)),
  'no host': shape((m) => `GET ${m.permitted} HTTP/1.1\r\nUser-Agent: ${m.marker}\r\n\r\n`),
  'an expectation that is none': shape((m) =>
    head(m, [`Expect: ${m.random.pick(['200-ok', '100-continue, x', ''])}`, 'Content-Length: 2']),
  ),
};
