import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Asked } from '../policy/describe.ts';
import { requestOf } from '../policy/fixtures.ts';
import { refuse } from '../policy/refusal.ts';
import { answer } from './answer.ts';
import type { AgentResponse } from './listener.ts';

const request = requestOf('POST', '/api/v1/namespaces/shop/secrets');
const unread: Asked = { kind: 'unread', method: 'OPTIONS', target: '*' };
const call = { id: 'id-1', asked: request };

function response(headersSent = false, asked: object = {}) {
  const headers: Record<string, unknown> = {};
  const res = Object.assign(new PassThrough(), {
    headersSent,
    req: { headers: asked },
    statusCode: 200,
    setHeader: (name: string, value: unknown) => {
      headers[name] = value;
    },
    getHeaderNames: () => Object.keys(headers),
    removeHeader: (name: string) => {
      delete headers[name];
    },
  });
  return { headers, res, asResponse: res as unknown as AgentResponse };
}

test('a refusal is a Status in JSON under its own code, with the id of the call', () => {
  const { headers, res, asResponse } = response();
  answer(asResponse, refuse('UnknownCaller', { request }), call);
  const body = res.read();
  expect(res.statusCode).toBe(401);
  expect(headers).toEqual({
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-cache, private',
    'audit-id': 'id-1',
    'www-authenticate': 'Bearer realm="chaperone"',
  });
  expect(JSON.parse(body)).toMatchObject({ kind: 'Status', code: 401, reason: 'Unauthorized' });
});

test('of an answer that was to be shown and broke off first nothing stands in a refusal', () => {
  const { headers, asResponse } = response();
  asResponse.setHeader('content-encoding', 'gzip');
  asResponse.setHeader('etag', 'old');
  answer(asResponse, refuse('UpstreamUnavailable', { request, why: 'ECONNRESET' }), call);
  expect(Object.keys(headers).sort()).toEqual([
    'audit-id',
    'cache-control',
    'content-length',
    'content-type',
  ]);
});

test.each([
  ['a malformed request', refuse('MalformedRequest', { request, why: 'x' }), {}, 'close'],
  ['a method without verb', refuse('UnsupportedMethod', { request: unread }), {}, 'close'],
  ['a refused upgrade', refuse('StreamNotYet', { request }), { upgrade: 'websocket' }, 'close'],
  ['a body that waits', refuse('NotAcceptable', { request }), { expect: '100-continue' }, 'close'],
  ['any other refusal', refuse('NotAcceptable', { request }), { 'content-length': '5' }, undefined],
])('after %s the connection of HTTP/1 is: %#', (_, refusal, asked, connection) => {
  const { headers, asResponse } = response(false, asked);
  answer(asResponse, refusal, call);
  expect(headers.connection).toBe(connection);
});

test('an answer that has begun is broken off instead', () => {
  const { res, asResponse } = response(true);
  answer(asResponse, refuse('Internal', { request, auditId: 'id-1' }), call);
  expect(res.destroyed).toBe(true);
  expect(res.read()).toBeNull();
});

test.each([
  [refuse('Busy', { request }), 1],
  [refuse('UpstreamBusy', { request, retryAfterSeconds: 7 }), 7],
  [refuse('StaleLease', { request }), undefined],
  [refuse('RecordFailed', { request }), undefined],
  [refuse('UpstreamUnavailable', { request, why: 'ECONNRESET' }), undefined],
])('only for want of room is a client told to come again by itself: %#', (refusal, seconds) => {
  const { headers, asResponse } = response();
  answer(asResponse, refusal, call);
  expect(headers['retry-after']).toBe(seconds);
});

test('a refused look at discovery says so in a Warning too, which client-go prints', () => {
  const asked = requestOf('GET', '/api');
  const { headers, asResponse } = response();
  answer(asResponse, refuse('OtherIdentity', { request: asked, header: 'a "b" \\ ü' }), {
    id: 'id-1',
    asked,
  });
  expect(headers.warning).toMatch(/^299 - "chaperone refuses get \/api: its header \\"a /);
  expect(headers.warning).toMatch(/^[\x20-\x7e]+[^\\]"$/);
  const other = response();
  answer(other.asResponse, refuse('Never', { request, rule: 'r' }), call);
  expect(other.headers).not.toHaveProperty('warning');
});
