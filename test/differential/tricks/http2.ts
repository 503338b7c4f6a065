// What the fields of an HTTP/2 head can be made to mean (RFC 9113, sections 8.2 and 8.3).
import { http2, type Trick } from './make.ts';

export const HTTP2: readonly Trick[] = [
  http2('two paths', { pseudo: [[':path', '/api/v1/secrets']] }),
  http2('two methods', { pseudo: [[':method', 'DELETE']] }),
  http2('two authorities', { pseudo: [[':authority', 'elsewhere.test']] }),
  http2('a host beside the authority', { more: [['host', 'elsewhere.test']] }),
  http2('no authority', { without: ':authority' }),
  http2('no path', { without: ':path' }),
  http2('no scheme', { without: ':scheme' }),
  http2('no method', { without: ':method' }),
  http2('another authority', { host: [[':authority', 'user@elsewhere.test:99999']] }),
  http2('a path after the headers', { more: [[':path', '/api/v1/secrets']] }),
  http2('a pseudo-header that nobody knows', { pseudo: [[':identity', 'jane']] }),
  http2('extended CONNECT', { pseudo: [[':protocol', 'websocket']] }),
  http2('a name in upper case', { more: [['Impersonate-User', 'jane']] }),
  http2('te other than trailers', { more: [['te', 'gzip']] }),
  http2('Transfer-Encoding over HTTP/2', { more: [['transfer-encoding', 'chunked']] }),
  http2('Keep-Alive over HTTP/2', { more: [['keep-alive', 'timeout=5']] }),
  http2('Upgrade over HTTP/2', { more: [['upgrade', 'websocket']] }),
  http2('a length that differs from its bytes', { more: [['content-length', '5']] }),
  http2('a line feed in a value', { more: [['accept', 'a\r\nimpersonate-user: jane']] }),
];
