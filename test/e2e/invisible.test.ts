// Invisible where permitted, in what is read: every answer through chaperone is the API server's own, byte by byte.
import { afterAll, describe, expect, test } from 'vitest';
import { type Ask, PROTOCOLS } from '../adversarial/agent.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create } from '../cluster/pods.ts';
import { bothWays } from './invisible.ts';

const cluster = await suiteCluster();
const ways = await bothWays(cluster, 'invisible');
afterAll(() => ways[Symbol.asyncDispose]());

const { namespace } = ways;
const core = `/api/v1/namespaces/${namespace}`;
const maps = `${core}/configmaps`;
const one = `${maps}/kube-root-ca.crt`;
const big = `${maps}/big`;
await create(cluster, {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'big', namespace },
  data: { big: 'x'.repeat(900_000) },
});
// Lists carry the version of the whole cluster, which goes on between two calls: all are of one moment.
const page: { continue: string; resourceVersion: string } = (
  await ways.direct.call('h2', { path: `${maps}?limit=1` })
).json().metadata;
const list = `${maps}?resourceVersionMatch=Exact&resourceVersion=${page.resourceVersion}`;

const accepting = (path: string, accept: string, more: object = {}): Ask => ({
  path,
  headers: { accept, ...more },
});
const as = (kind: string) => `application/json;as=${kind};v=v1;g=meta.k8s.io`;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const DISCOVERY = 'g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const OPENAPI_V2 = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const OPENAPI_V3 = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';
/** client-go's, with each kind of bracket. */
const USER_AGENT = `tool/1.2 (linux/amd64) kubernetes/${'a'.repeat(40)} [x] {y} <z> ${'long '.repeat(800)}`;
const NINE_KB = Array.from({ length: 450 }, (_, i) => `key${i}!=value${i}`).join(',');

/** What is asked; and with which status it is answered on both ways. */
const READS: Readonly<Record<string, readonly [status: number, ask: Ask]>> = {
  'a list': [200, { path: list }],
  'a page of a list': [200, { path: `${list}&limit=1` }],
  'the next page': [200, { path: `${maps}?limit=1&continue=${page.continue}` }],
  'an object of 900 kB': [200, { path: big }],
  'an object of 900 kB in protobuf, compressed': [
    200,
    accepting(big, PROTOBUF, { 'accept-encoding': 'gzip' }),
  ],
  'what client-go asks for': [200, accepting(list, `${PROTOBUF}, */*`)],
  protobuf: [200, accepting(one, PROTOBUF)],
  'a Table': [200, accepting(list, `${as('Table')},application/json`)],
  'a Table with whole objects': [200, accepting(`${list}&includeObject=Object`, as('Table'))],
  'a PartialObjectMetadata': [200, accepting(one, as('PartialObjectMetadata'))],
  'a PartialObjectMetadataList': [200, accepting(list, as('PartialObjectMetadataList'))],
  'a PartialObjectMetadataList in protobuf': [
    200,
    accepting(list, as('PartialObjectMetadataList').replace('application/json', PROTOBUF)),
  ],
  YAML: [200, accepting(one, 'application/yaml')],
  'a type that the server has not': [406, accepting(maps, 'text/plain')],
  CBOR: [406, accepting(maps, 'application/cbor')],
  'an empty Accept': [200, accepting(list, '')],
  'pretty JSON, asked for': [200, { path: `${one}?pretty=true` }],
  'pretty JSON for curl': [200, { path: one, headers: { 'user-agent': 'curl/8.5.0', accept: '*/*' } }],
  'pretty JSON for a browser': [200, { path: one, headers: { 'user-agent': 'Mozilla/5.0' } }],
  'the groups': [200, { path: '/apis' }],
  'the kinds of a group': [200, { path: '/apis/apps/v1' }],
  'aggregated discovery': [200, accepting('/apis', `application/json;${DISCOVERY},application/json`)],
  'aggregated discovery of the core': [200, accepting('/api', `application/json;${DISCOVERY}`)],
  'aggregated discovery in protobuf': [200, accepting('/apis', `${PROTOBUF};${DISCOVERY}`)],
  'a group that is not there': [404, { path: '/apis/not.there' }],
  'a version that is not there': [404, { path: '/apis/apps/v9' }],
  'the version': [200, { path: '/version' }],
  'OpenAPI v2': [200, accepting('/openapi/v2', 'application/json', { 'accept-encoding': 'gzip' })],
  'OpenAPI v2 in protobuf': [200, accepting('/openapi/v2', OPENAPI_V2)],
  'the index of OpenAPI v3': [200, { path: '/openapi/v3' }],
  'OpenAPI v3': [200, { path: '/openapi/v3/apis/apps/v1' }],
  'OpenAPI v3 in protobuf': [200, accepting('/openapi/v3/apis/apps/v1', OPENAPI_V3)],
  'OpenAPI v3 by a stale hash': [301, { path: '/openapi/v3/apis/apps/v1?hash=0AB1' }],
  'OpenAPI v3 that is not there': [404, { path: '/openapi/v3/apis/not.there/v1' }],
  'an object that is not there': [404, { path: `${maps}/not-there` }],
  'a log of a pod that is not there': [404, { path: `${core}/pods/not-there/log` }],
  'HEAD, which the server has not': [405, { method: 'HEAD', path: maps }],
  'an invalid timeout': [400, { path: `${maps}?timeout=soon` }],
  'a continue that is none': [400, { path: `${maps}?continue=abc` }],
  'a field that cannot be selected by': [400, { path: `${maps}?fieldSelector=spec.a=b` }],
  'a path of 9 kB': [200, { path: `${list}&labelSelector=${encodeURIComponent(NINE_KB)}` }],
  'a long User-Agent with brackets': [200, { path: list, headers: { 'user-agent': USER_AGENT } }],
};

describe.each(PROTOCOLS)('over %s', (protocol) => {
  // Discovery and OpenAPI change when another test file adds a kind, and that may be between the two calls.
  test.each(Object.entries(READS))('%s', { retry: 2 }, async (_, [status, ask]) => {
    const { direct, through } = await ways.both(protocol, ask);
    expect(direct.status).toBe(status);
    expect(through).toEqual(direct);
  });

  test('what is unchanged is a 304, and what has changed comes whole', async () => {
    const path = '/openapi/v3/apis/apps/v1';
    const { headers } = (await ways.both(protocol, { path })).direct;
    for (const [etag, status] of [
      [headers.etag ?? '', 304],
      ['"another"', 200],
    ] as const) {
      const { direct, through } = await ways.both(protocol, { path, headers: { 'if-none-match': etag } });
      expect(direct.status).toBe(status);
      expect(through).toEqual(direct);
    }
  });

  test('a document of OpenAPI that may be kept for a year says so', async () => {
    const index = await ways.direct.call(protocol, { path: '/openapi/v3' });
    const path: string = index.json().paths['apis/apps/v1'].serverRelativeURL;
    const { direct, through } = await ways.both(protocol, { path });
    expect(direct.headers).toMatchObject({
      'cache-control': 'public, immutable',
      expires: expect.any(String),
    });
    // A year from the second of the call.
    const apart = Date.parse(through.headers.expires ?? '') - Date.parse(direct.headers.expires ?? '');
    expect(Math.abs(apart)).toBeLessThan(60_000);
    expect({ ...through, headers: { ...through.headers, expires: direct.headers.expires } }).toEqual(direct);
  });

  test('it is gzip only where that was asked for', async () => {
    const plain = await ways.both(protocol, { path: big });
    const packed = await ways.both(protocol, { path: big, headers: { 'accept-encoding': 'gzip' } });
    for (const way of ['direct', 'through'] as const) {
      expect(plain[way].headers['content-encoding']).toBeUndefined();
      expect(packed[way].headers['content-encoding']).toBe('gzip');
    }
  });

  test('each answer has an Audit-Id of its own, and it is the one of the API server', async () => {
    const calls = await Promise.all([1, 2, 3].map(() => ways.through.call(protocol, { path: maps })));
    ways.made.through += calls.length;
    const ids = calls.map(({ headers }) => headers['audit-id']);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) await cluster.audit.until(({ auditID }) => auditID === id, `the call ${id}`);
  });
});

test('a call of the agent is one call of the API server, and each has its record', async () => {
  await ways.governed.arrived();
  const recorded = new Set(ways.governed.records.map(({ auditId }) => auditId));
  expect(recorded.size).toBe(ways.made.through);
  const arrived = (await cluster.audit.events()).filter(({ auditID }) => recorded.has(auditID));
  expect(new Set(arrived.map(({ auditID }) => auditID))).toEqual(recorded);
  // What arrived twice would have come to the same stage twice.
  expect(new Set(arrived.map(({ auditID, stage }) => `${auditID} ${stage}`)).size).toBe(arrived.length);
});
