// Headers that some proxies, gateways or servers act upon, and headers that no one should send.

import { WEBSOCKET } from './identity.ts';
import { headers, http1, type Pair, type Trick, upgrade } from './make.ts';

export const HEADERS: readonly Trick[] = [
  headers(
    'Connection names Impersonate-User',
    ['Connection', 'Impersonate-User'],
    ['Impersonate-User', 'jane'],
  ),
  http1('Connection names Authorization', ['Connection', 'keep-alive, Authorization']),
  http1('Connection: close', ['Connection', 'close']),
  upgrade('an upgrade to websocket', ...WEBSOCKET),
  upgrade('an upgrade to SPDY', ['Connection', 'Upgrade'], ['Upgrade', 'SPDY/3.1']),
  upgrade(
    'an upgrade to h2c',
    ['Connection', 'Upgrade, HTTP2-Settings'],
    ['Upgrade', 'h2c'],
    ['HTTP2-Settings', ''],
  ),
  upgrade('an Upgrade that Connection does not name', ['Upgrade', 'websocket']),
  headers(
    'X-HTTP-Method-Override',
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-HTTP-Method', 'DELETE'],
    ['X-Method-Override', 'DELETE'],
  ),
  headers(
    'X-Original-URL',
    ['X-Original-URL', '/api/v1/secrets'],
    ['X-Rewrite-URL', '/api/v1/secrets'],
    ['X-Forwarded-Uri', '/x'],
  ),
  headers(
    'X-Forwarded-For',
    ['X-Forwarded-For', '10.0.0.1'],
    ['X-Real-Ip', '10.0.0.2'],
    ['Forwarded', 'for=10.0.0.3'],
  ),
  headers('Origin', ['Origin', 'https://elsewhere.test'], ['Access-Control-Request-Method', 'DELETE']),
  headers('traceparent', ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00']),
  headers('Accept: Table', ['Accept', 'application/json;as=Table;v=v1;g=meta.k8s.io, application/json']),
  headers('Accept: protobuf', ['Accept', 'application/vnd.kubernetes.protobuf, */*']),
  headers('Accept of nothing', ['Accept', 'nothing/at-all;q=x']),
  headers('two Accepts', ['Accept', 'application/json'], ['Accept', 'application/yaml']),
  headers('an apply', ['Content-Type', 'application/apply-patch+yaml']),
  headers(
    'two Content-Types',
    ['Content-Type', 'application/json'],
    ['Content-Type', 'application/apply-patch+yaml'],
  ),
  headers('Content-Encoding', ['Content-Encoding', 'gzip']),
  headers('Expect: 100-continue', ['Expect', '100-continue']),
  headers('Expect of something else', ['Expect', 'the-unexpected']),
  headers('If-None-Match and Range', ['If-None-Match', '"x"'], ['Range', 'bytes=0-1']),
  headers('two of a header that decides nothing', ['X-Other', 'a'], ['X-Other', 'b']),
  headers('two User-Agents', ['User-Agent', 'a'], ['User-Agent', 'b']),
  headers('bytes beyond ASCII', ['User-Agent', 'kubectl/\u00fc'], ['X-\u00fc', 'x']),
  headers('a control character in a value', ['User-Agent', 'a\u0001b']),
  headers('a NUL in a value', ['User-Agent', 'a\u0000b']),
  headers('a name that is no token', ['X(Other)', 'a']),
  headers('an empty name', ['', 'a']),
  headers(
    'a head beyond 64 KiB',
    ...Array.from({ length: 70 }, (_, i): Pair => [`X-Large-${i}`, 'x'.repeat(1000)]),
  ),
];
