import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readApiRequest } from './api-request.ts';

test('reads a request in the terms of an audit event, with the target that is forwarded', () => {
  const request = readApiRequest(
    'GET',
    '/api/v1/namespaces/shop/pods/?fieldSelector=metadata.name=web&watch',
  );
  expect(request).toEqual({
    kind: 'resource',
    method: 'GET',
    verb: 'watch',
    target: '/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Dweb&watch=',
    query: [
      ['fieldSelector', 'metadata.name=web'],
      ['watch', ''],
    ],
    apiGroup: '',
    apiVersion: 'v1',
    namespace: 'shop',
    resource: 'pods',
    subresource: undefined,
    name: 'web',
  });
});

test('a slash at the end says nothing of a resource; elsewhere it is another path, as it is to RBAC', () => {
  expect(readApiRequest('GET', '/api/v1/pods/')).toMatchObject({ target: '/api/v1/pods' });
  expect(readApiRequest('GET', '/metrics')).toMatchObject({ path: '/metrics', target: '/metrics' });
  expect(readApiRequest('GET', '/metrics/?a=b')).toMatchObject({
    path: '/metrics/',
    target: '/metrics/?a=b',
  });
  expect(readApiRequest('GET', '/')).toMatchObject({ path: '/', target: '/' });
});

test.each(['OPTIONS', 'CONNECT', 'TRACE', 'get', 'PROPFIND', '', 'toString', '__proto__'])(
  'refuses the method %j',
  (method) => {
    expect(readApiRequest(method, '/api')).toMatchObject({
      kind: 'refusal',
      code: 'UnsupportedMethod',
      httpStatus: 405,
    });
  },
);

test('refuses what it cannot read as MalformedTarget, a 400 that says why', () => {
  expect(readApiRequest('GET', '/api/v1/namespaces//secrets')).toMatchObject({
    kind: 'refusal',
    code: 'MalformedTarget',
    httpStatus: 400,
    message: expect.stringContaining('its path has an empty segment'),
  });
});

test('refuses a target whose print would be longer than any it reads', () => {
  const raw = `/api/v1/pods?x=${'"'.repeat(8000)}`;
  expect(readApiRequest('GET', raw)).toMatchObject({ code: 'MalformedTarget' });
});

const segment = fc.oneof(
  fc.constantFrom(
    'api',
    'apis',
    'v1',
    'apps',
    'namespaces',
    'shop',
    'pods',
    'watch',
    'proxy',
    'status',
    'system%3Anode',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).map(encodeURIComponent),
);
const parameter = fc.oneof(
  fc.constantFrom(
    'watch',
    'watch=',
    'watch=0',
    'limit=5',
    'fieldSelector=metadata.name%3Dweb',
    'labelSelector=a+in+(b)',
    'x=%2B+"',
  ),
  fc
    .tuple(fc.string(), fc.string())
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
);
const target = fc
  .tuple(fc.array(segment, { maxLength: 8 }), fc.constantFrom('', '/'), fc.array(parameter, { maxLength: 4 }))
  .map(([segments, slash, parameters]) => `/${segments.join('/')}${slash}?${parameters.join('&')}`);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE');

test('reads the target it prints as the same request', () => {
  let read = 0;
  fc.assert(
    fc.property(method, target, (how, raw) => {
      const request = readApiRequest(how, raw);
      if (request.kind === 'refusal') return;
      read++;
      expect(readApiRequest(how, request.target)).toEqual(request);
    }),
    { numRuns: 2000 },
  );
  expect(read).toBeGreaterThan(500);
});

test('prints only visible ASCII, one path and one query', () => {
  fc.assert(
    fc.property(method, target, (how, raw) => {
      const request = readApiRequest(how, raw);
      if (request.kind === 'resource' || request.kind === 'nonResource')
        expect(request.target).toMatch(/^(?:\/|(?:\/[^/?#;\\]+)+\/?)(?:\?[^?#;\\]+)?$/);
    }),
    { numRuns: 1000 },
  );
});
