import { expect, test } from 'vitest';
import { builtIn } from './discovery.ts';
import { requestOf } from './fixtures.ts';

test.each([
  '/api',
  '/api/',
  '/api/v1',
  '/apis',
  '/apis/apps',
  '/apis/apps/v1',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/apis/apps/v1?hash=x',
  '/version',
])('GET and HEAD %s need no rule', (target) => {
  expect(builtIn(requestOf('GET', target))).toBe('discovery');
  expect(builtIn(requestOf('HEAD', target))).toBe('discovery');
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expect(builtIn(requestOf(method, target))).toBeUndefined();
});

test.each([
  '/',
  '/metrics',
  '/healthz',
  '/versions',
  '/version/x',
  '/apisx',
  '/openapi',
  '/logs/',
  '/api/v1/pods',
  '/apis/apps/v1/deployments',
  '/API/v1',
  '/debug/api/v1',
])('GET %s needs one', (target) => {
  expect(builtIn(requestOf('GET', target))).toBeUndefined();
});

test('asking who one is needs no rule; asking what others are does', () => {
  expect(builtIn(requestOf('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews'))).toBe('whoami');
  expect(builtIn(requestOf('POST', '/apis/authentication.k8s.io/v1/tokenreviews'))).toBeUndefined();
  expect(builtIn(requestOf('DELETE', '/apis/authentication.k8s.io/v1/selfsubjectreviews'))).toBeUndefined();
  expect(builtIn(requestOf('POST', '/apis/x.io/v1/selfsubjectreviews'))).toBeUndefined();
});
