// What crosses in a head: from the agent an allow-list and nothing that speaks for someone else, from the API server what
// clients go by.
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { PROTOCOLS } from './agent.ts';
import { refusalOf } from './answers.ts';
import { govern } from './governed.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'headers');
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const path = `/api/v1/namespaces/${namespace}/configmaps`;

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test.each([
    ['Impersonate-User', 'system:admin'],
    ['Impersonate-Group', 'system:masters'],
    ['Impersonate-Uid', '1'],
    ['Impersonate-Extra-scopes', 'all'],
    ['X-Remote-User', 'system:admin'],
    ['X-Remote-Group', 'system:masters'],
    ['X-Remote-Extra-a', 'b'],
  ])('%s is refused', async (name, value) => {
    await governed.arrived();
    expect(refusalOf(await agent.call(protocol, { path, headers: { [name]: value } }))).toBe(
      '403 OtherIdentity',
    );
    expect(await governed.arrived()).toEqual([]);
  });

  test("the agent's identity, trace, audit id and hops stay behind, its User-Agent goes", async () => {
    await governed.arrived();
    const theirs = '11111111-2222-3333-4444-555555555555';
    const userAgent = 'kubectl/v1.36.3 (linux/amd64) kubernetes/0123456 [a long one]';
    const headers = {
      'audit-id': theirs,
      'user-agent': userAgent,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
      forwarded: 'for=10.0.0.1',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-uri': '/api/v1/secrets',
      via: '1.1 somewhere',
    };
    const answered = await agent.call(protocol, { path, headers });
    expect(answered.status).toBe(200);
    const [call, ...others] = await governed.arrived();
    expect(others).toEqual([]);
    expect(call?.auditID).not.toBe(theirs);
    expect(call?.auditID).toBe(answered.headers['audit-id']);
    expect(governed.records.at(-1)).toMatchObject({ auditId: call?.auditID });
    expect(call?.userAgent).toBe(userAgent);
    expect(call?.user.username).toBe(`system:serviceaccount:${namespace}:mighty`);
    expect(call?.impersonatedUser).toBeUndefined();
    // The API server lists here what X-Forwarded-For and X-Real-Ip name, before the address of the connection.
    expect(call?.sourceIPs).toHaveLength(1);
    expect(call?.sourceIPs).not.toContain('10.0.0.1');
  });

  test('what the API server says of itself comes back', async () => {
    const { headers } = await agent.call(protocol, { path });
    expect(headers['x-kubernetes-pf-flowschema-uid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-kubernetes-pf-prioritylevel-uid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['cache-control']).toBe('no-cache, private');
    const body = JSON.stringify({ metadata: { name: `warned-${protocol}` }, daat: {}, dtaa: {} });
    const type = { 'content-type': 'application/json' };
    const warned = await agent.call(protocol, {
      method: 'POST',
      path: `${path}?fieldValidation=Warn`,
      body,
      headers: type,
    });
    expect(warned.status).toBe(201);
    expect(String(warned.headers.warning)).toMatch(/unknown field .*daat.*unknown field .*dtaa/s);
  });

  test('an answer is compressed where that was asked for, and only there', async () => {
    const big = 'x'.repeat(200_000);
    const body = JSON.stringify({ metadata: { name: `big-${protocol}` }, data: { big } });
    const created = await agent.call(protocol, { method: 'POST', path, body });
    expect(created.status).toBe(201);
    const one = { path: `${path}/big-${protocol}` };
    const plain = await agent.call(protocol, one);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.json().data.big).toBe(big);
    const packed = await agent.call(protocol, {
      ...one,
      headers: { 'accept-encoding': 'deflate, gzip;q=0.5' },
    });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(packed.body).toString()).data.big).toBe(big);
    const declined = await agent.call(protocol, { ...one, headers: { 'accept-encoding': 'gzip;q=0' } });
    expect(declined.headers['content-encoding']).toBeUndefined();
  });

  test('what is unchanged is a 304 without a body', async () => {
    const openapi = { path: '/openapi/v3/version' };
    const { headers } = await agent.call(protocol, openapi);
    const again = await agent.call(protocol, {
      ...openapi,
      headers: { 'if-none-match': String(headers.etag) },
    });
    expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  });

  test("the API server's own errors come as they are", async () => {
    const type = { 'content-type': 'application/json' };
    const post = (body: string, query = '') =>
      agent.call(protocol, { method: 'POST', path: path + query, body, headers: type });
    const named = JSON.stringify({ metadata: { name: `twice-${protocol}` } });
    expect((await post(named)).status).toBe(201);
    expect((await post(named)).json()).toMatchObject({ reason: 'AlreadyExists', code: 409 });
    expect((await post('{"metadata":{"name":"Not A Name"}}')).json()).toMatchObject({
      reason: 'Invalid',
      code: 422,
    });
    expect((await agent.call(protocol, { path: `${path}?timeout=soon` })).status).toBe(400);
    const yaml = await agent.call(protocol, { path, headers: { accept: 'application/yaml' } });
    expect(yaml.headers['content-type']).toBe('application/yaml');
    expect((await agent.call(protocol, { path, headers: { accept: 'text/html' } })).status).toBe(406);
  });
});

test.each(['Impersonate-User', 'keep-alive, Authorization', 'close, X-Remote-User'])(
  'a Connection that names %s is refused (CVE-2021-31999)',
  async (connection) => {
    const answered = await agent.call('h1', { path, headers: { connection } });
    expect(refusalOf(answered)).toBe('400 MalformedRequest');
  },
);

test('a path of 9 kB and a long User-Agent arrive', async () => {
  const selector = Array.from({ length: 400 }, (_, i) => `key${i}!=value${i}`).join(',');
  const headers = { 'user-agent': `tool/1 (${'x'.repeat(4000)})` };
  for (const protocol of PROTOCOLS) {
    const { status } = await agent.call(protocol, {
      path: `${path}?labelSelector=${encodeURIComponent(selector)}`,
      headers,
    });
    expect(status).toBe(200);
  }
});
