import { expect, test } from 'vitest';
import { type Method, requestInfo } from './request-info.ts';
import { readTarget } from './target.ts';

function info(method: Method, raw: string) {
  const target = readTarget(raw);
  if (target.kind === 'malformed') throw new Error(target.why);
  return requestInfo(method, target.segments, target.query);
}

type Maybe = string | undefined;
type Case = [Method, string, string, string, string, Maybe, string, Maybe?, Maybe?];

// The cases of requestinfo_test.go, and those of docs/threat-model.md, "Reading the request".
// method, target, verb, group, version, namespace, resource, subresource, name
test.each<Case>([
  ['GET', '/api/v1/namespaces', 'list', '', 'v1', undefined, 'namespaces'],
  ['GET', '/api/v1/namespaces/other', 'get', '', 'v1', 'other', 'namespaces', undefined, 'other'],
  [
    'PUT',
    '/api/v1/namespaces/other/finalize',
    'update',
    '',
    'v1',
    'other',
    'namespaces',
    'finalize',
    'other',
  ],
  ['PATCH', '/api/v1/namespaces/other/status', 'patch', '', 'v1', 'other', 'namespaces', 'status', 'other'],
  ['GET', '/api/v1/namespaces/other/pods', 'list', '', 'v1', 'other', 'pods'],
  ['GET', '/api/v1/namespaces/other/pods/foo', 'get', '', 'v1', 'other', 'pods', undefined, 'foo'],
  ['HEAD', '/api/v1/namespaces/other/pods/foo', 'get', '', 'v1', 'other', 'pods', undefined, 'foo'],
  ['HEAD', '/api/v1/namespaces/other/pods', 'list', '', 'v1', 'other', 'pods'],
  ['GET', '/api/v1/pods', 'list', '', 'v1', undefined, 'pods'],
  ['GET', '/api/v1/nodes/n', 'get', '', 'v1', undefined, 'nodes', undefined, 'n'],
  ['GET', '/api/v1/nodes/n/proxy/exec/x', 'get', '', 'v1', undefined, 'nodes', 'proxy', 'n'],
  ['POST', '/api/v1/namespaces/other/pods', 'create', '', 'v1', 'other', 'pods'],
  ['POST', '/api/v1/namespaces/other/pods/foo/exec', 'create', '', 'v1', 'other', 'pods', 'exec', 'foo'],
  ['GET', '/api/v1/namespaces/other/pods/foo/exec/', 'get', '', 'v1', 'other', 'pods', 'exec', 'foo'],
  ['DELETE', '/api/v1/namespaces/other/pods/foo', 'delete', '', 'v1', 'other', 'pods', undefined, 'foo'],
  ['DELETE', '/api/v1/namespaces/other/pods', 'deletecollection', '', 'v1', 'other', 'pods'],
  [
    'DELETE',
    '/api/v1/namespaces/o/pods?fieldSelector=metadata.name%3Da',
    'deletecollection',
    '',
    'v1',
    'o',
    'pods',
  ],
  [
    'GET',
    '/apis/apps/v1/namespaces/o/deployments/d/scale',
    'get',
    'apps',
    'v1',
    'o',
    'deployments',
    'scale',
    'd',
  ],
  ['GET', '/apis/g.io/v1/namespaces/o', 'get', 'g.io', 'v1', 'o', 'namespaces', undefined, 'o'],
  ['GET', '/apis/g.io/v1/namespaces/namespaces/namespaces', 'list', 'g.io', 'v1', 'namespaces', 'namespaces'],
  ['GET', '/api/v1/watch/pods', 'watch', '', 'v1', undefined, 'pods'],
  ['GET', '/api/v1/watch/namespaces/other/pods/foo', 'watch', '', 'v1', 'other', 'pods', undefined, 'foo'],
  ['GET', '/api/v1/watch/namespaces/o/pods?fieldSelector=metadata.name%3Da', 'watch', '', 'v1', 'o', 'pods'],
  ['GET', '/api/v1/proxy/namespaces/o/pods/foo/x', 'proxy', '', 'v1', 'o', 'pods', undefined, 'foo'],
  ['DELETE', '/api/v1/proxy/nodes/n', 'proxy', '', 'v1', undefined, 'nodes', undefined, 'n'],
  ['GET', '/api/v1/namespaces/o/pods?watch=true', 'watch', '', 'v1', 'o', 'pods'],
  ['GET', '/api/v1/namespaces/o/pods?watch', 'watch', '', 'v1', 'o', 'pods'],
  ['GET', '/api/v1/namespaces/o/pods?watch=false', 'list', '', 'v1', 'o', 'pods'],
  ['GET', '/api/v1/namespaces/o/pods/foo?watch=true', 'get', '', 'v1', 'o', 'pods', undefined, 'foo'],
  [
    'GET',
    '/api/v1/namespaces/o/pods?fieldSelector=metadata.name%3Da',
    'list',
    '',
    'v1',
    'o',
    'pods',
    undefined,
    'a',
  ],
  [
    'GET',
    '/api/v1/pods?watch=1&fieldSelector=metadata.name%3Da',
    'watch',
    '',
    'v1',
    undefined,
    'pods',
    undefined,
    'a',
  ],
])('%s %s is %s', (method, target, verb, apiGroup, apiVersion, namespace, resource, subresource, name) => {
  expect(info(method, target)).toEqual({
    kind: 'resource',
    verb,
    apiGroup,
    apiVersion,
    namespace,
    resource,
    subresource,
    name,
  });
});

test.each<[Method, string, string]>([
  ['GET', '/', 'get'],
  ['HEAD', '/api', 'head'],
  ['GET', '/api/v1', 'get'],
  ['POST', '/apis', 'post'],
  ['GET', '/apis/apps', 'get'],
  ['GET', '/apis/apps/v1', 'get'],
  ['GET', '/healthz/poststarthook/x', 'get'],
  ['GET', '/openapi/v3/apis/apps/v1', 'get'],
  ['DELETE', '/API/v1/namespaces/shop/secrets', 'delete'],
])('%s %s is no resource', (method, target, verb) => {
  expect(info(method, target)).toEqual({ kind: 'nonResource', verb });
});

test.each<[Method, string]>([
  ['GET', '/api/v1/watch'],
  ['GET', '/apis/apps/v1/proxy'],
  ['POST', '/api/v1/watch/namespaces/o/pods'],
  ['GET', '/api/v1/namespaces/o/pods?limit=x&fieldSelector=metadata.name%3Da'],
])('refuses %s %s', (method, target) => {
  expect(info(method, target).kind).toBe('malformed');
});
