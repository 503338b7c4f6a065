// No byte of one call becomes another: the calls in the API server's audit log are exactly those that were decided, also
// where http2-proxy 5 left to itself would send a length without its bytes.
import { afterAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { PROTOCOLS } from './agent.ts';
import { govern } from './governed.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'smuggling');
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const path = `/api/v1/namespaces/${namespace}/configmaps`;
const secret = `/api/v1/namespaces/${namespace}/secrets/precious`;
const lines = (...those: string[]) => `${those.join('\r\n')}\r\n\r\n`;
/** Nobody permits it: only as the body of something permitted could it arrive. */
const smuggled = lines(`DELETE ${secret} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${governed.realToken}`);
const head = (method: string, ...more: string[]) =>
  lines(`${method} ${path} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${agent.token}`, ...more);

/** What arrived, each with the record that came before it. */
async function arrived(): Promise<string[]> {
  const calls = await governed.arrived();
  for (const { auditID } of calls) {
    expect(governed.records.filter((record) => record.auditId === auditID)).toMatchObject([
      { decision: 'permit' },
    ]);
  }
  return calls.map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

describe.each(['GET', 'HEAD', 'OPTIONS'])('a body on %s', (method) => {
  test.each([
    ['with a length', [`Content-Length: ${smuggled.length}`], smuggled],
    ['with a length of other bytes', ['Content-Length: 5'], 'xxxxx'],
    [
      'in chunks',
      ['Transfer-Encoding: chunked'],
      `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
    ],
  ])(
    '%s is refused, and the next call of the connection is read from its own begin',
    async (_, framing, body) => {
      await arrived();
      expect(await agent.raw(head(method, ...framing) + body)).toMatch(/^HTTP\/1\.1 400 /);
      const { status } = await agent.call('h1', { path });
      expect(status).toBe(200);
      expect(await arrived()).toEqual([`list ${path}`]);
    },
  );

  test('is refused over HTTP/2 where a length announces it', async () => {
    await arrived();
    const headers = { 'content-length': String(smuggled.length) };
    expect((await agent.call('h2', { method, path, headers, body: smuggled })).status).toBe(400);
    expect(await arrived()).toEqual([]);
  });

  test('is never forwarded over HTTP/2 where nothing announces it', async () => {
    await arrived();
    await agent.call('h2', { method, path, body: smuggled });
    // Many calls on the same upstream connections: a remainder would be read before one of them.
    for (let i = 0; i < 5; i += 1) expect((await agent.call('h2', { path })).status).toBe(200);
    const expected = Array.from({ length: method === 'GET' ? 6 : 5 }, () => `list ${path}`);
    const lists = (await arrived()).filter((call) => call.startsWith('list'));
    expect(lists.length).toBeGreaterThanOrEqual(expected.length);
    expect(new Set(lists)).toEqual(new Set(expected));
  });
});

test.each([
  ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
  ['two lengths', ['Content-Length: 4', 'Content-Length: 5']],
  ['chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
  ['an encoding before the chunks', ['Transfer-Encoding: gzip, chunked']],
  ['chunks under another name', ['Transfer-Encoding: xchunked', 'Content-Length: 4']],
  ['a length that is no number', ['Content-Length: +4']],
  ['a length on a folded line', ['Content-Length:\r\n 4']],
  ['a name that ends in a space', ['Transfer-Encoding : chunked', 'Content-Length: 4']],
])('a write framed by %s is refused', async (_, framing) => {
  await arrived();
  const text = await agent.raw(
    `${head('POST', 'Content-Type: application/json', ...framing)}0\r\n\r\n${smuggled}`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(text.match(/HTTP\/1\.1 2/g)).toBeNull();
  expect(await arrived()).toEqual([]);
});

test.each(PROTOCOLS)('a write over %s arrives once, framed by us, whatever framed it', async (protocol) => {
  await arrived();
  const body = JSON.stringify({ metadata: { name: `framed-${protocol}` }, data: { 'a.txt': smuggled } });
  const created = await agent.call(protocol, {
    method: 'POST',
    path,
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(created.status).toBe(201);
  expect(created.json().data['a.txt']).toBe(smuggled);
  expect(await arrived()).toEqual([`create ${path}`]);
});

test('calls that are pipelined are each decided, and answered in order', async () => {
  await arrived();
  const last = ['Authorization: Bearer wrong', 'Connection: close'];
  const refusedGet = lines(`GET ${secret} HTTP/1.1`, 'Host: x', ...last);
  const text = await agent.raw(head('GET') + head('GET', 'Accept: application/yaml') + refusedGet);
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 401']);
  expect(await arrived()).toEqual([`list ${path}`, `list ${path}`]);
});
