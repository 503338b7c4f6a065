import { expect, test } from 'vitest';
import { readPods, requestOf } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';
import { covers, touches } from './rule.ts';

const { namespaces: _, ...podsSomewhere } = readPods;
const everywhere: Rule = { ...podsSomewhere, allNamespaces: true };
const cluster: Rule = {
  clusterScoped: true,
  apiGroups: ['storage.k8s.io'],
  resources: ['storageclasses'],
  verbs: ['get', 'list'],
};
const named: Rule = { ...readPods, resourceNames: ['web'] };
const metrics: Rule = { nonResourceURLs: ['/metrics'], verbs: ['get'] };
const core = '/api/v1/namespaces/shop';

test.each<[string, Rule, string]>([
  ['its namespace', readPods, `GET ${core}/pods`],
  ['its subresource by the full name', readPods, `GET ${core}/pods/web/log`],
  ['a watch', readPods, `GET ${core}/pods?watch=1`],
  ['any namespace', everywhere, 'GET /api/v1/namespaces/other/pods/x'],
  ['a list across all namespaces', everywhere, 'GET /api/v1/pods'],
  ['a cluster-scoped object', cluster, 'GET /apis/storage.k8s.io/v1/storageclasses/fast'],
  ['the object it names', named, `GET ${core}/pods/web`],
  ['a list that names the object', named, `GET ${core}/pods?fieldSelector=metadata.name=web`],
  ['any version of its group', readPods, 'GET /api/v9alpha1/namespaces/shop/pods'],
  ['its path', metrics, 'GET /metrics?x=y'],
])('covers %s', (_, rule, request) => {
  expect(covers(rule, requestOf(...(request.split(' ') as [string, string])))).toBe(true);
});

test.each<[string, Rule, string]>([
  ['another namespace', readPods, 'GET /api/v1/namespaces/other/pods'],
  ['a list across all namespaces', readPods, 'GET /api/v1/pods'],
  ['another verb', readPods, `DELETE ${core}/pods/web`],
  ['another resource', readPods, `GET ${core}/services`],
  ['a kind that nobody knew when it was written', readPods, `GET ${core}/pods.v2`],
  ['its path with a slash at the end', metrics, 'GET /metrics/'],
  [
    'the resource of another group',
    readPods,
    '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods'.replace(/^/, 'GET '),
  ],
  ['a subresource that it does not name', readPods, `GET ${core}/pods/web/exec`],
  [
    'a resource of which it names a subresource',
    { ...readPods, resources: ['pods/log'] },
    `GET ${core}/pods/web`,
  ],
  ['another object than it names', named, `GET ${core}/pods/other`],
  ['a list without a name, where it names objects', named, `GET ${core}/pods`],
  ['a create, where it names objects', { ...named, verbs: ['create'] }, `POST ${core}/pods`],
  [
    'a deletecollection, where it names objects',
    { ...named, verbs: ['deletecollection'] },
    `DELETE ${core}/pods?fieldSelector=metadata.name=web`,
  ],
  [
    'a cluster-scoped object with allNamespaces',
    { ...everywhere, resources: ['nodes'] },
    'GET /api/v1/nodes/n',
  ],
  [
    'a namespaced object with clusterScoped',
    { ...cluster, apiGroups: [''], resources: ['pods'] },
    `GET ${core}/pods/web`,
  ],
  [
    'a namespace object with namespaces',
    { ...readPods, resources: ['namespaces'] },
    'GET /api/v1/namespaces/shop',
  ],
  [
    'the list of namespaces with allNamespaces',
    { ...everywhere, resources: ['namespaces'] },
    'GET /api/v1/namespaces',
  ],
  ['a path below its path', metrics, 'GET /metrics/cadvisor'],
  ['a write to its path', metrics, 'POST /metrics'],
  ['a resource request that ends like its path', metrics, `GET ${core}/metrics`],
])('does not cover %s', (_, rule, request) => {
  expect(covers(rule, requestOf(...(request.split(' ') as [string, string])))).toBe(false);
});

test.each<[string, Rule, string]>([
  ['its object', named, `GET ${core}/pods/web`],
  ['a list that could hold its object', named, `GET ${core}/pods`],
  ['a list across all namespaces', named, 'GET /api/v1/pods'],
  ['a create that could be of its object', { ...named, verbs: ['create'] }, `POST ${core}/pods`],
  [
    'a deletecollection that could hold its object',
    { ...named, verbs: ['deletecollection'] },
    `DELETE ${core}/pods`,
  ],
  [
    'the namespace object',
    { ...cluster, apiGroups: [''], resources: ['namespaces'] },
    'GET /api/v1/namespaces/shop',
  ],
  ['its path', metrics, 'GET /metrics'],
  ['its path with a slash at the end', metrics, 'GET /metrics/'],
])('as never, touches %s', (_, rule, request) => {
  expect(touches(rule, requestOf(...(request.split(' ') as [string, string])))).toBe(true);
});

test.each<[string, Rule, string]>([
  ['another object', named, `GET ${core}/pods/other`],
  ['a list that names another object', named, `GET ${core}/pods?fieldSelector=metadata.name=other`],
  ['another namespace', named, 'GET /api/v1/namespaces/other/pods'],
  ['another verb', named, `DELETE ${core}/pods/web`],
  ['a path below its path', metrics, 'GET /metrics/a'],
])('as never, does not touch %s', (_, rule, request) => {
  expect(touches(rule, requestOf(...(request.split(' ') as [string, string])))).toBe(false);
});
