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
    ['an empty bearer (CVE-2023-48312)', ['Authorization', 'Bearer ']],
    ['basic credentials', ['Authorization', 'Basic YTpi']],
    ['two bearers in one', ['Authorization', 'Bearer a, Bearer b']],
    [
      'a bearer in the WebSocket protocol',
      ['Sec-WebSocket-Protocol', 'v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.YQ'],
    ],
    ['a compressed body', ['Content-Encoding', 'gzip']],
    ['more than 64 KiB', Array.from({ length: 66 }, (_, i) => [`X-${i}`, 'x'.repeat(1000)]).flat()],
    ['a body compressed below its chunks', ['Transfer-Encoding', 'gzip, chunked']],
    ['two Authorization headers', ['Authorization', 'Bearer a', 'authorization', 'Bearer b']],
    ['two Accept headers', ['Accept', 'application/json', 'Accept', '*/*']],
    ['two content types', ['Content-Type', 'application/json', 'Content-Type', 'application/yaml']],
  ])('is refused with %s', (_what, headers) => {
    expect(head('POST', ...headers)).toMatchObject({
      kind: 'refusal',
      code: 'MalformedRequest',
      httpStatus: 400,
    });
  });

  test.each(['GET', 'HEAD', 'OPTIONS'])('is refused where a %s announces a body', (method) => {
    expect(head(method, 'Content-Length', '5')).toMatchObject({ kind: 'refusal' });
    expect(head(method, 'Transfer-Encoding', 'chunked')).toMatchObject({ kind: 'refusal' });
    expect(head(method, 'Content-Length', '0')).toMatchObject({ kind: 'head' });
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
