import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { refuse } from '../policy/refusal.ts';
import { answer } from './answer.ts';
import type { AgentResponse } from './listener.ts';

function response(headersSent = false, asked: object = {}) {
  const headers: Record<string, unknown> = {};
  const res = Object.assign(new PassThrough(), {
    headersSent,
    req: { headers: asked },
    statusCode: 200,
    setHeader: (name: string, value: unknown) => {
      headers[name] = value;
    },
  });
  return { headers, res, asResponse: res as unknown as AgentResponse };
}

test('a refusal is a Status in JSON under its own code, with the id of the call', () => {
  const { headers, res, asResponse } = response();
  answer(asResponse, refuse('UnknownCaller', {}), 'id-1');
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

test.each([
  ['a malformed request', refuse('MalformedRequest', { why: 'x' }), {}, 'close'],
  ['a method without verb', refuse('UnsupportedMethod', { method: 'OPTIONS' }), {}, 'close'],
  ['a refused upgrade', refuse('StreamNotYet', {}), { upgrade: 'websocket' }, 'close'],
  ['a body that waits', refuse('SecretWriteNotYet', {}), { expect: '100-continue' }, 'close'],
  ['any other refusal', refuse('SecretWriteNotYet', {}), { 'content-length': '5' }, undefined],
])('after %s the connection of HTTP/1 is: %#', (_, refusal, asked, connection) => {
  const { headers, asResponse } = response(false, asked);
  answer(asResponse, refusal, 'id-1');
  expect(headers.connection).toBe(connection);
});

test('an answer that has begun is broken off instead', () => {
  const { res, asResponse } = response(true);
  answer(asResponse, refuse('Internal', {}), 'id-1');
  expect(res.destroyed).toBe(true);
  expect(res.read()).toBeNull();
});
