import { expect, test } from 'vitest';
import { askedByReview, describe } from './describe.ts';
import { requestOf } from './fixtures.ts';

test.each([
  ['GET', '/api/v1/namespaces/shop/secrets/web-tls', 'get secrets "web-tls" in namespace shop'],
  ['GET', '/api/v1/namespaces/shop/pods/web/log?follow=true', 'get pods/log "web" in namespace shop'],
  [
    'PATCH',
    '/apis/apps/v1/namespaces/shop/deployments/web/scale',
    'patch deployments.apps/scale "web" in namespace shop',
  ],
  ['GET', '/api/v1/pods?watch=1', 'watch pods across the cluster'],
  ['GET', '/api/v1/nodes/n1', 'get nodes "n1"'],
  ['DELETE', '/api/v1/namespaces/shop/pods', 'deletecollection pods in namespace shop'],
  ['HEAD', '/healthz', 'head /healthz'],
  ['GET', '/', 'get /'],
  ['GET', '/a%20b:%20c', 'get "/a b: c"'],
  ['GET', '/apis/a%20b/v1/x%20y', 'list "x y.a b" across the cluster'],
  ['GET', '/api/v1/namespaces/a%20b/pods/x%22y', String.raw`get pods "x\"y" in namespace "a b"`],
])('%s %s is %s', (method, target, words) => {
  expect(describe(requestOf(method, target))).toBe(words);
});

test('the create that a PUT asks for as well says so', () => {
  const put = requestOf('PUT', '/api/v1/namespaces/shop/configmaps/web');
  const create = { ...put, kind: 'resource', apiGroup: '', resource: 'configmaps', verb: 'create' } as const;
  expect(describe(create)).toMatch(/^create .+ \(its PUT creates what is not there\)$/);
});

test('what could not be read is told as it came: quoted, escaped, bounded', () => {
  const unread = (method: string, target: string) => describe({ kind: 'unread', method, target });
  expect(unread('GET', '/api/v1/../x')).toBe('GET "/api/v1/../x"');
  expect(unread('GET / HTTP/1.1', '\u001b[31m"')).toBe(String.raw`"GET / HTTP/1.1" "\u{1b}[31m\""`);
  expect(unread('M'.repeat(1e5), 'x'.repeat(1e5)).length).toBeLessThan(800);
});

test('what a webhook is asked is told in the same words', () => {
  const resource = { group: '', resource: 'pods' };
  const review = { operation: 'CREATE', resource, subResource: '', namespace: 'shop', name: '' };
  expect(describe(askedByReview(review))).toBe('create pods in namespace shop');
  const resize = { ...review, operation: 'UPDATE', subResource: 'resize', name: 'web' };
  expect(describe(askedByReview(resize))).toBe('update pods/resize "web" in namespace shop');
});
