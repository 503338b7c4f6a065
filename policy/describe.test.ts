import { expect, test } from 'vitest';
import { describe } from './describe.ts';
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
])('%s %s is "%s"', (method, target, words) => {
  expect(describe(requestOf(method, target))).toBe(words);
});
