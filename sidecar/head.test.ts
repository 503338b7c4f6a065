import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestOf } from '../policy/fixtures.ts';
import { readHead } from './head.ts';

const head = (method: string, ...rawHeaders: string[]) =>
  readHead({ method, rawHeaders, httpVersionMajor: 1 }, requestOf('GET', '/api'));

describe('the head of a request', () => {
  test('gives its token and headers by lower-case name', () => {
    const read = head('GET', 'Authorization', 'Bearer abc.def', 'Accept', 'application/json');
    expect(read).toMatchObject({ kind: 'head', method: 'GET', token: 'abc.def', upgrade: undefined });
    expect(read.kind === 'head' && read.headers.get('accept')).toBe('application/json');
  });

  test.each([0, 2])('is refused with HTTP/%d in a request line, and HTTP/2 has none', (httpVersionMajor) => {
    const incoming = { method: 'GET', rawHeaders: [], httpVersionMajor };
    expect(readHead(incoming, requestOf('GET', '/api'))).toMatchObject({ code: 'MalformedRequest' });
    expect(readHead({ ...incoming, stream: {} } as typeof incoming, requestOf('GET', '/api')).kind).toBe(
      'head',
    );
  });

  test('may have no token: the callers decide what that means', () => {
    expect(head('GET')).toMatchObject({ kind: 'head', token: undefined });
  });

  test.each([
    ['an impersonated user', ['Impersonate-User', 'admin']],
    ['any header of impersonation', ['impersonate-extra-scopes', 'x']],
    ['a front proxy header', ['X-Remote-User', 'admin']],
  ])('is refused as another identity with %s', (_what, headers) => {
    expect(head('GET', ...headers)).toMatchObject({ code: 'OtherIdentity', httpStatus: 403 });
    const framed = head('GET', ...headers, 'Content-Length', '5');
    expect(framed).toMatchObject({ code: 'MalformedRequest', httpStatus: 400 });
  });

  test.each([
    ['Connection naming a header (CVE-2021-31999)', ['Connection', 'Impersonate-User']],
    ['Connection naming a header among options', ['Connection', 'keep-alive, authorization']],
    ['Connection naming what is empty', ['Connection', 'close,']],
    ['an empty bearer (CVE-2023-48312)', ['Authorization', 'Bearer ']],
    ['a bearer after two spaces, anonymous to the API server', ['Authorization', 'Bearer  abc']],
    ['a bearer after a tab', ['Authorization', 'Bearer\tabc']],
    ['a bearer and a second word', ['Authorization', 'Bearer abc def']],
    ['an empty Authorization', ['Authorization', '']],
    ['basic credentials', ['Authorization', 'Basic YTpi']],
    ['two bearers in one', ['Authorization', 'Bearer a, Bearer b']],
    [
      'a bearer in the WebSocket protocol',
      ['Sec-WebSocket-Protocol', 'v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.YQ'],
    ],
    ['a compressed body', ['Content-Encoding', 'gzip']],
    ['more than 64 KiB', Array.from({ length: 66 }, (_, i) => [`X-${i}`, 'x'.repeat(1000)]).flat()],
    ['a body compressed below its chunks', ['Transfer-Encoding', 'gzip, chunked']],
  ])('is refused with %s', (_what, headers) => {
    expect(head('POST', ...headers)).toMatchObject({
      kind: 'refusal',
      code: 'MalformedRequest',
      httpStatus: 400,
    });
  });

  test.each([
    ...[
      'Accept',
      'Authorization',
      'Connection',
      'Content-Encoding',
      'Content-Length',
      'Content-Type',
      'Expect',
    ],
    ...[
      'Host',
      'If-None-Match',
      'Kubectl-Session',
      'Traceparent',
      'Transfer-Encoding',
      'Upgrade',
      'User-Agent',
    ],
  ])('is refused where %s stands there twice, in any case and even with one value', (name) => {
    for (const values of [
      ['a', 'a'],
      ['a', 'b'],
      ['', 'a'],
    ])
      expect(head('POST', name, values[0] ?? '', name.toUpperCase(), values[1] ?? '')).toMatchObject({
        code: 'MalformedRequest',
        message: expect.stringContaining(`its header ${name.toLowerCase()} stands there twice`),
      });
  });

  test('may ask for what concerns its connection alone', () => {
    for (const option of ['keep-alive', 'close', 'Upgrade', 'TE', 'Keep-Alive, Upgrade'])
      expect(head('GET', 'Connection', option).kind).toBe('head');
  });

  test.each([
    ...[
      'Impersonate-User',
      'IMPERSONATE-GROUP',
      'impersonate-uid',
      'Impersonate-Extra-a',
      'Impersonate-Anything',
    ],
    ...['X-Remote-User', 'x-remote-group', 'X-Remote-Extra-Scopes', 'X-Remote-Uid'],
  ])('is refused with %s, also an empty one', (name) => {
    expect(head('GET', name, '')).toMatchObject({ code: 'OtherIdentity' });
  });

  test.each(['GET', 'HEAD', 'OPTIONS'])('is refused where a %s announces a body', (method) => {
    expect(head(method, 'Content-Length', '5')).toMatchObject({ kind: 'refusal' });
    expect(head(method, 'Transfer-Encoding', 'chunked')).toMatchObject({ kind: 'refusal' });
    expect(head(method, 'Content-Length', '0')).toMatchObject({ kind: 'head' });
  });

  test('is refused where it announces a body beside an upgrade, whose bytes are of another protocol', () => {
    expect(head('POST', 'Upgrade', 'SPDY/3.1', 'Content-Length', '5')).toMatchObject({ kind: 'refusal' });
    expect(head('POST', 'Upgrade', 'SPDY/3.1', 'Content-Length', '0')).toMatchObject({ kind: 'head' });
  });

  test('has the protocols of a stream as one list, and no credential hides in a part of it', () => {
    const read = head('POST', 'X-Stream-Protocol-Version', 'v4', 'x-stream-protocol-version', 'v3');
    expect(read.kind === 'head' && read.headers.get('x-stream-protocol-version')).toBe('v4, v3');
    const credential = ['Sec-WebSocket-Protocol', 'base64url.bearer.authorization.k8s.io.YQ'];
    expect(head('GET', ...credential, 'Sec-WebSocket-Protocol', 'v5.channel.k8s.io').kind).toBe('refusal');
  });

  test('never holds a header twice that takes part in a decision', () => {
    const names = fc.constantFrom(
      'Accept',
      'accept',
      'ACCEPT',
      'Authorization',
      'Content-Type',
      'Upgrade',
      'Kubectl-Session',
      'Sec-WebSocket-Key',
      'X-Other',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.constant('Bearer a')), { maxLength: 8 }), (pairs) => {
        const lower = pairs.map(([name]) => name.toLowerCase()).filter((name) => name !== 'x-other');
        const read = head('POST', ...pairs.flat());
        if (new Set(lower).size < lower.length) expect(read.kind).toBe('refusal');
      }),
    );
  });
});
