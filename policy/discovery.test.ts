import { expect, test } from 'vitest';
import { builtIn, DISCOVERY_PATHS } from './discovery.ts';
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
  '/version/',
  '/apis/apps/v1/',
])('GET and HEAD %s need no rule', (target) => {
  expect(builtIn(requestOf('GET', target))).toBe('discovery');
  expect(builtIn(requestOf('HEAD', target))).toBe('discovery');
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expect(builtIn(requestOf(method, target))).toBeUndefined();
});

test.each([
  '/',
  '/metrics',
  '/metrics/',
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

const reviews = '/apis/authorization.k8s.io/v1';

test.each([
  `${reviews}/selfsubjectaccessreviews`,
  `${reviews}/selfsubjectrulesreviews`,
  `${reviews}/subjectaccessreviews?dryRun=All`,
  `${reviews}/namespaces/shop/localsubjectaccessreviews`,
])('asking at %s what one may do needs no rule', (target) => {
  expect(builtIn(requestOf('POST', target))).toBe('reviews');
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
    expect(builtIn(requestOf(method, target))).toBeUndefined();
});

test.each([
  `${reviews}/selfsubjectaccessreviews/a`,
  `${reviews}/selfsubjectaccessreviews/a/status`,
  `${reviews}/namespaces/shop/selfsubjectaccessreviews`,
  `${reviews}/localsubjectaccessreviews`,
  `${reviews}/constructor`,
  '/apis/authorization.example.com/v1/selfsubjectaccessreviews',
])('POST %s is no review', (target) => {
  expect(builtIn(requestOf('POST', target))).toBeUndefined();
});

test('the paths of discovery in a list of rights are those that it covers', () => {
  const targets = [
    '/api',
    '/api/v1',
    '/apis',
    '/apis/apps',
    '/apis/apps/v1',
    '/openapi/v3/apis/a',
    '/version',
  ];
  const others = ['/', '/openapi', '/version/a', '/versions', '/metrics'];
  const listed = (target: string) =>
    DISCOVERY_PATHS.some((path) =>
      path.endsWith('*') ? target.startsWith(path.slice(0, -1)) : target === path,
    );
  for (const target of targets) expect([target, listed(target)]).toEqual([target, true]);
  for (const target of [...targets, ...others])
    expect([target, listed(target)]).toEqual([target, builtIn(requestOf('GET', target)) !== undefined]);
});
