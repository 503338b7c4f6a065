import { expect, test } from 'vitest';
import { type Method, requestInfo } from './request-info.ts';
import { readTarget } from './target.ts';

function info(method: string, raw: string) {
  const target = readTarget(raw);
  if (target.kind === 'malformed') return target;
  return requestInfo(method as Method, target.segments, target.query);
}

const rows = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/));

// What TestGetAPIRequestInfo and TestSelectorParsing of requestinfo_test.go (1.36) look at, and each rule of docs/threat-model.md.
// method, target, verb, group, version, namespace, resource, subresource, name; - is none, core the group without a name.
const RESOURCES = `
  GET    /api/v1/namespaces                              list   core v1 -    namespaces  -        -
  GET    /api/v1/namespaces/shop                         get    core v1 shop namespaces  -        shop
  GET    /api/v1/namespaces/shop/                        get    core v1 shop namespaces  -        shop
  PATCH  /api/v1/namespaces/shop                         patch  core v1 shop namespaces  -        shop
  DELETE /api/v1/namespaces/shop                         delete core v1 shop namespaces  -        shop
  POST   /api/v1/namespaces                              create core v1 -    namespaces  -        -
  PUT    /api/v1/namespaces/shop/finalize                update core v1 shop namespaces  finalize shop
  PATCH  /api/v1/namespaces/shop/status                  patch  core v1 shop namespaces  status   shop
  GET    /api/v1/namespaces/shop/status/more             get    core v1 shop namespaces  status   shop
  GET    /api/v1/namespaces/shop/Status                  list   core v1 shop Status      -        -
  GET    /apis/g.io/v1/namespaces/shop                   get    g.io v1 shop namespaces  -        shop
  PUT    /apis/g.io/v1/namespaces/shop/finalize          update g.io v1 shop namespaces  finalize shop
  GET    /apis/g.io/v1/namespaces/namespaces/namespaces  list   g.io v1 namespaces namespaces - -

  GET    /api/v1/namespaces/shop/pods                    list   core v1 shop pods        -        -
  HEAD   /api/v1/namespaces/shop/pods                    list   core v1 shop pods        -        -
  GET    /api/v1/namespaces/shop/pods/web                get    core v1 shop pods        -        web
  HEAD   /api/v1/namespaces/shop/pods/web                get    core v1 shop pods        -        web
  GET    /api/v1/pods                                    list   core v1 -    pods        -        -
  HEAD   /api/v1/pods                                    list   core v1 -    pods        -        -
  GET    /api/v1/nodes/n                                 get    core v1 -    nodes       -        n
  POST   /api/v1/namespaces/shop/pods                    create core v1 shop pods        -        -
  PUT    /api/v1/namespaces/shop/pods/web                update core v1 shop pods        -        web
  PUT    /api/v1/namespaces/shop/pods                    update core v1 shop pods        -        -
  PATCH  /api/v1/namespaces/shop/pods/web                patch  core v1 shop pods        -        web
  DELETE /api/v1/namespaces/shop/pods/web                delete core v1 shop pods        -        web
  GET    /api/version/resource                           list   core version - resource  -        -
  GET    /apis/batch/v1/job                              list   batch v1 -   job         -        -
  GET    /apis/batch/v1/job/foo                          get    batch v1 -   job         -        foo
  POST   /apis/extensions/v1beta3/namespaces/shop/pods   create extensions v1beta3 shop pods - -

  GET    /api/v1/namespaces/shop/pods/web/status         get    core v1 shop pods        status   web
  GET    /api/v1/namespaces/shop/pods/web/proxy/a/b      get    core v1 shop pods        proxy    web
  GET    /api/v1/nodes/n/proxy/exec/x                    get    core v1 -    nodes       proxy    n
  GET    /api/v1/namespaces/shop/pods/web/exec/          get    core v1 shop pods        exec     web
  POST   /api/v1/namespaces/shop/pods/web/exec           create core v1 shop pods        exec     web
  GET    /apis/batch/v1/job/foo/scale                    get    batch v1 -   job         scale    foo

  DELETE /api/v1/nodes                                   deletecollection core v1 - nodes - -
  DELETE /api/v1/namespaces                              deletecollection core v1 - namespaces - -
  DELETE /api/v1/namespaces/shop/pods                    deletecollection core v1 shop pods - -
  DELETE /apis/apps/v1/namespaces/shop/pods              deletecollection apps v1 shop pods - -
  DELETE /api/v1/pods?fieldSelector=metadata.name=a      deletecollection core v1 - pods - -

  GET    /api/v1/proxy/namespaces/shop/pods/web          proxy  core v1 shop pods        -        web
  GET    /api/v1/proxy/namespaces/shop/pods/web/a/status proxy  core v1 shop pods        -        web
  DELETE /api/v1/proxy/nodes/n                           proxy  core v1 -    nodes       -        n
  POST   /api/v1/proxy/namespaces                        proxy  core v1 -    namespaces  -        -
  GET    /api/v1/watch/pods                              watch  core v1 -    pods        -        -
  GET    /api/v1/watch/watch                             watch  core v1 -    watch       -        -
  GET    /api/v1/watch/namespaces/shop/pods              watch  core v1 shop pods        -        -
  GET    /api/v1/watch/namespaces/shop/pods/web          watch  core v1 shop pods        -        web
  GET    /apis/g.io/v1/watch/r?fieldSelector=metadata.name=a watch g.io v1 - r          -        -
  GET    /apis/g.io/v1/watch/r/n?fieldSelector=metadata.name=a watch g.io v1 - r        -        n

  GET    /api/v1/pods?watch=true                         watch  core v1 -    pods        -        -
  GET    /api/v1/pods?watch                              watch  core v1 -    pods        -        -
  GET    /api/v1/pods?watch=                             watch  core v1 -    pods        -        -
  GET    /api/v1/pods?watch=1                            watch  core v1 -    pods        -        -
  HEAD   /api/v1/pods?watch=1                            watch  core v1 -    pods        -        -
  GET    /api/v1/pods?watch=false                        list   core v1 -    pods        -        -
  GET    /api/v1/pods?watch=0                            list   core v1 -    pods        -        -
  GET    /api/v1/pods?Watch=1                            list   core v1 -    pods        -        -
  GET    /api/v1/namespaces/shop/pods/web?watch=true     get    core v1 shop pods        -        web

  GET    /apis/g/v/r?fieldSelector=metadata.name=a           list  g v - r - a
  GET    /apis/g/v/r?fieldSelector=metadata.name%3D%3Da      list  g v - r - a
  GET    /apis/g/v/r?fieldSelector=metadata.name!=a          list  g v - r - -
  GET    /apis/g/v/r?watch=true&fieldSelector=metadata.name=a watch g v - r - a
  GET    /apis/g/v/r?fieldSelector=foo=bar&labelSelector=baz=qux list g v - r - -
  GET    /apis/g/v/r/n?fieldSelector=metadata.name=a         get   g v - r - n
  GET    /apis/g/v/r?fieldSelector=metadata.name=..          list  g v - r - -
  GET    /apis/g/v/r?fieldSelector=metadata.name=a%2Fb       list  g v - r - -
  POST   /apis/g/v/r?fieldSelector=metadata.name=a           create g v - r - -
`;

test.each(rows(RESOURCES.replaceAll('\n\n', '\n')))(
  '%s %s is %s',
  (method = '', target = '', verb, group, apiVersion, ...optional) => {
    const [namespace, resource, subresource, name] = optional.map((part) =>
      part === '-' ? undefined : part,
    );
    const apiGroup = group === 'core' ? '' : group;
    const expected = { kind: 'resource', verb, apiGroup, apiVersion, namespace, resource, subresource, name };
    expect(info(method, target)).toEqual(expected);
  },
);

// The error cases of TestGetAPIRequestInfo and all of TestGetNonAPIRequestInfo that say no.
const PATHS = `
  GET    /                              get
  GET    /api                           get
  HEAD   /api/                          head
  GET    /api/version                   get
  GET    /api/version/                  get
  POST   /apis                          post
  GET    /apis/apps                     get
  GET    /apis/group/version/           get
  GET    /apis/version/resource         get
  PATCH  /badprefix/version/resource    patch
  GET    /not-api/version/resource      get
  GET    /healthz/poststarthook/x       get
  GET    /openapi/v3/apis/apps/v1       get
  DELETE /API/v1/namespaces/shop/secrets delete
`;

test.each(rows(PATHS))('%s %s is no resource', (method = '', target = '', verb) => {
  expect(info(method, target)).toEqual({ kind: 'nonResource', verb });
});

// RequestInfo errs, reads one of two, or forgets what it has read; the API server's handlers answer most of it by a 400.
const REFUSED = `
  GET  /api/v1/watch
  GET  /api/v1/watch/
  GET  /apis/apps/v1/proxy
  POST /api/v1/watch/namespaces/shop/pods
  GET  /apis/g/v/r?fieldSelector=metadata.name=a,foo
  GET  /apis/g/v/r?fieldSelector=metadata.name=a,foo&watch=true
  GET  /apis/g/v/r?fieldSelector=metadata.name=a,foo&watch=false
  GET  /apis/g/v/r?fieldSelector=metadata.name=a&fieldSelector=metadata.name=b
  GET  /apis/g/v/r?fieldSelector=metadata.name=a&limit=x
  GET  /apis/g/v/r?fieldSelector=metadata.name=a&labelSelector=x%3Ca
`;

test.each(rows(REFUSED))('refuses %s %s', (method = '', target = '') => {
  expect(info(method, target).kind).toBe('malformed');
});
