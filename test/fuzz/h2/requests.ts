// Requests of HTTP/2 for what the policy permits, each with something that RFC 9113 (8) or the API server forbids.
import type { Material, Shape } from '../attack.ts';
import { common, headers, pseudo } from './print.ts';
import { END_HEADERS, END_STREAM, FRAME, frame, opening, type Pair } from './wire.ts';

const get = (m: Material) => pseudo('GET', m.permitted);

/** Header fields that no request may have. */
const FORBIDDEN: readonly Pair[] = [
  ['connection', 'keep-alive'],
  ['transfer-encoding', 'chunked'],
  ['upgrade', 'h2c'],
  ['keep-alive', '5'],
  ['proxy-connection', 'x'],
  ['te', 'gzip'],
  ['content-length', '5'],
  ['content-length', '-1'],
  ['impersonate-user', 'root'],
  ['x-remote-user', 'root'],
  ['User-Agent', 'x'],
  ['authorization', 'Bearer other'],
  [':status', '200'],
  [':protocol', 'websocket'],
  [':unknown', 'x'],
];
/** Fields that nghttp2 drops unseen, and then goes on without. */
const DROPPED: readonly Pair[] = [
  ['a b', 'c'],
  ['', 'x'],
  ['a\r\nimpersonate-user', 'root'],
  ['a', 'b\r\nimpersonate-user: root'],
  ['a', 'b\x00c'],
  ['a', 'b\nc'],
  ['host', 'x\r\ny'],
];
/** Before or after the permitted path, each makes it no path of ours. */
const BEFORE = ['*', 'x', '//', '/..', '/%2e%2e', '\\', 'http://x', ' ', '\x00'];
const AFTER = [
  '\x00',
  ' x',
  '#x',
  '%',
  '%00',
  ';x',
  '\xff',
  '\\x',
  '//x',
  '/../x',
  '\r\nimpersonate-user: root',
];
const oddPath = ({ random, permitted }: Material): string =>
  random.once(2) ? `${random.pick(BEFORE)}${permitted}` : `${permitted}${random.pick(AFTER)}`;
const METHODS = [
  '',
  'get',
  'GET ',
  'GE\x00T',
  'CONNECT',
  'TRACE',
  'PRI',
  'G'.repeat(5000),
  'GET / HTTP/1.1\r\nx: ',
];

const request =
  (pairs: (m: Material) => readonly Pair[]): Shape =>
  (m) =>
    Buffer.concat([opening(), headers(pairs(m))]);
/** A POST that is complete in nothing but what comes after its head. */
const post =
  (after: (m: Material) => readonly Buffer[], more: readonly Pair[] = []): Shape =>
  (m) =>
    Buffer.concat([
      opening(),
      headers([...pseudo('POST', m.permitted), ...common(m), ...more], 1, END_HEADERS),
      ...after(m),
    ]);
const data = (text: string, flags: number = END_STREAM): Buffer =>
  frame(FRAME.data, flags, 1, Buffer.from(text));

export const REQUESTS: Readonly<Record<string, Shape>> = {
  'a header that is forbidden': request((m) => [...get(m), ...common(m), m.random.pick(FORBIDDEN)]),
  'a header that is dropped': request((m) => [
    ...pseudo('GET', m.refused),
    ...common(m),
    m.random.pick(DROPPED),
  ]),
  'a pseudo header after others': request((m) => [
    ...get(m).slice(0, 3),
    ...common(m),
    [':path', m.permitted],
  ]),
  'a pseudo header twice': request((m) => [...get(m), m.random.pick(get(m)), ...common(m)]),
  'a pseudo header too few': request((m) => {
    const left = m.random.pick([':method', ':path', ':scheme']);
    return [...get(m).filter(([name]) => name !== left), ...common(m)];
  }),
  'an odd path': request((m) => [...pseudo('GET', oddPath(m)), ...common(m)]),
  'an odd method': request((m) => [...pseudo(m.random.pick(METHODS), m.permitted), ...common(m)]),
  'a CONNECT': request((m) => [
    [':method', 'CONNECT'],
    [':authority', 'kubernetes.default.svc:443'],
    ...common(m),
  ]),
  'an extended CONNECT': request((m) => [
    ...pseudo('CONNECT', m.permitted),
    [':protocol', 'websocket'],
    ...common(m),
  ]),
  'a body longer than it says': post(() => [data('{}{}')], [['content-length', '2']]),
  'a body shorter than it says': post(() => [data('{}')], [['content-length', '20']]),
  'a body of no end': post(() => [data('{', 0), data('"a"', 0)]),
  'a body after its end': post(() => [data('{'), data('}')]),
  'a body that is reset': post(() => [data('{}', 0), frame(FRAME.rstStream, 0, 1, Buffer.of(0, 0, 0, 8))]),
  'trailers with pseudo headers': post((m) => [data('{}', 0), headers(get(m))]),
  'trailers that do not end it': post((m) => [data('{}', 0), headers(common(m), 1, END_HEADERS)]),
  'a second head': post((m) => [headers([...get(m), ...common(m)], 1, END_HEADERS)]),
};
