// What an API server, or something before it, could answer in a bad moment: none of it reaches the agent that is not an
// answer to its call, and what cannot be masked is not shown.
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import type { Credential } from '../../sidecar/credential.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { seed } from '../search/seeds.ts';
import { PROTOCOLS, type Protocol } from './agent.ts';
import { refusalOf } from './answers.ts';
import { govern } from './governed.ts';
import { answering, startMisbehavingServer } from './misbehaving-server.ts';
import { widely } from './widely.ts';

const cluster = await suiteCluster();
const server = await startMisbehavingServer();
const governed = await govern(cluster, 'upstream', { apiServer: server.apiServer });
const { agent, namespace } = governed;
afterAll(async () => {
  await governed[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
const secrets = `/api/v1/namespaces/${namespace}/secrets`;
const json = { 'content-type': 'application/json' };
const refused = async (protocol: Protocol, path: string) => refusalOf(await agent.call(protocol, { path }));

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test.each([
    ['with what it switched to', { connection: 'Upgrade', upgrade: 'websocket' }],
    ['without a word on what', {}],
    ['to HTTP/2', { connection: 'Upgrade', upgrade: 'h2c' }],
  ])('a 101 to an ordinary call is a 502: %s', async (_, headers) => {
    const frames = '\x81\x05hello-from-behind';
    for (const path of [configMaps, secrets, `${configMaps}?watch=1`]) {
      server.behave((socket) => {
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n${frames}`);
      });
      const answered = await agent.call(protocol, { path });
      expect(answered.status).toBe(502);
      expect(answered.body.toString()).not.toContain('hello');
    }
  });

  test.each(['301', '302', '303', '307', '308', '300'])(
    'a %s is a 502, and its Location stays',
    async (status) => {
      for (const path of [configMaps, secrets]) {
        server.behave(
          answering(`${status} Moved`, { location: 'https://169.254.169.254/latest' }, 'moved to 169.254'),
        );
        const answered = await agent.call(protocol, { path });
        expect(refusalOf(answered)).toBe('502 UnexpectedRedirect');
        expect(answered.headers.location).toBeUndefined();
        expect(answered.body.toString()).not.toContain('169.254');
      }
    },
  );

  const hidden = seed('of an API server that misbehaves');
  const value = Buffer.from(`SEEDED-${hidden}`).toString('base64');
  const one = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: 'a', uid: 'u' },
    data: { a: value },
  };
  test.each([
    ['text', answering('200 OK', { 'content-type': 'text/plain' }, value)],
    [
      'protobuf',
      answering('200 OK', { 'content-type': 'application/vnd.kubernetes.protobuf' }, `k8s\0${value}`),
    ],
    ['YAML', answering('200 OK', { 'content-type': 'application/yaml' }, `data:\n  a: ${value}\n`)],
    ['no type', answering('200 OK', {}, JSON.stringify(one))],
    ['gzip', answering('200 OK', { ...json, 'content-encoding': 'gzip' }, gzipSync(JSON.stringify(one)))],
    ['half a body', answering('200 OK', json, JSON.stringify(one).slice(0, -9))],
    ['two bodies', answering('200 OK', json, JSON.stringify(one) + JSON.stringify(one))],
    ['another kind', answering('200 OK', json, JSON.stringify({ ...one, kind: 'SecretCopy' }))],
    ['an unknown field', answering('200 OK', json, JSON.stringify({ ...one, dataCopy: { a: value } }))],
    ['no object', answering('200 OK', json, JSON.stringify(value))],
    [
      'an error that is no Status',
      answering('500 Oops', { 'content-type': 'text/plain' }, `cannot encode ${value}`),
    ],
  ])('a Secret that comes as %s is a 502, and nothing of it is shown', async (_, behaviour) => {
    server.behave(behaviour);
    const answered = await agent.call(protocol, { path: `${secrets}/a` });
    expect(refusalOf(answered)).toBe('502 UnreadableResponse');
    expect(answered.body.toString()).not.toContain(value);
    expect(answered.body.toString()).not.toContain('SEEDED');
  });

  test.each([
    ['7', '7'],
    ['Wed, 21 Oct 2026 07:28:00 GMT', '1'],
    ['86400', '60'],
  ])(
    'a full API server that asks a reader of Secrets to wait %s is heard, not shown',
    async (asked, told) => {
      const text = { 'content-type': 'text/plain', 'retry-after': asked };
      server.behave(
        answering('429 Too Many Requests', text, `Too many requests, please try again later. ${value}`),
      );
      const answered = await agent.call(protocol, { path: `${secrets}/a` });
      expect(refusalOf(answered)).toBe('429 UpstreamBusy');
      expect(answered.headers['retry-after']).toBe(told);
      expect(answered.json().details.retryAfterSeconds).toBe(Number(told));
      expect(answered.body.toString()).not.toContain(value);
    },
  );

  test.each([
    ['404 Not Found', '404 NotServed'],
    ['405 Method Not Allowed', '405 VerbNotServed'],
  ])('an API server that says %s in plain text is heard, not shown', async (said, told) => {
    server.behave(answering(said, { 'content-type': 'text/plain' }, value));
    const answered = await agent.call(protocol, { path: `${secrets}/a` });
    expect(refusalOf(answered)).toBe(told);
    expect(answered.body.toString()).not.toContain(value);
  });

  test('what the API server warns of stands beside what chaperone warns of', async () => {
    const [rule] = widely(namespace);
    const ended = { name: 'ended', rule: { ...rule, namespaces: ['shop'] } as Rule, remainingMs: 0 };
    governed.entitle({ rules: widely(namespace), grants: [ended] });
    const [apiVersion, kind] = ['authorization.k8s.io/v1', 'SelfSubjectRulesReview'];
    const status = { resourceRules: [], nonResourceRules: [], incomplete: false };
    const theirs = answering(
      '201 Created',
      { ...json, warning: '299 - "theirs"' },
      JSON.stringify({ apiVersion, kind, metadata: {}, spec: {}, status }),
    );
    server.behave(theirs);
    const answered = await agent.call(protocol, {
      method: 'POST',
      path: `/apis/${apiVersion}/selfsubjectrulesreviews`,
      headers: json,
      body: JSON.stringify({ apiVersion, kind, spec: { namespace: 'shop' } }),
    });
    governed.entitle({ rules: widely(namespace) });
    expect(answered.status).toBe(201);
    expect([answered.headers.warning].flat().join()).toMatch(/theirs.*scope ended/);
  });

  test('large answers that must be read take turns: one too many at once is told to come again', async () => {
    const stalled: TLSSocket[] = [];
    const small = answering('200 OK', json, JSON.stringify(one));
    server.behave((socket, requests) => {
      if (stalled.length === 2) return small(socket, requests);
      stalled.push(socket);
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${2 ** 24}\r\n\r\n`);
      socket.write(Buffer.alloc(9 * 2 ** 20, ' '));
    });
    const large = [1, 2].map(() => agent.call(protocol, { path: secrets }));
    await expect.poll(() => stalled.length).toBe(2);
    await expect.poll(() => refused(protocol, `${secrets}/a`), { timeout: 10_000 }).toBe('429 Busy');
    const busy = await agent.call(protocol, { path: `${secrets}/a` });
    expect(busy.headers['retry-after']).toBe('1');
    // That it answers every call with a Secret is nothing that a list of ConfigMaps is masked for.
    const unread = await agent.call(protocol, { path: configMaps, reveals: [hidden] });
    expect(unread.status).toBe(200);
    for (const socket of stalled) socket.destroy();
    for (const answered of await Promise.all(large)) expect(answered.status).toBe(502);
    expect((await agent.call(protocol, { path: `${secrets}/a` })).status).toBe(200);
  });

  test('a body of a Secret that breaks off is not shown in part', async () => {
    server.behave((socket) => {
      const text = JSON.stringify(one);
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`,
      );
      socket.write(text.slice(0, -3), () => socket.destroy());
    });
    const answered = await agent.call(protocol, { path: `${secrets}/a` });
    expect(answered.status).toBe(502);
    expect(answered.body.toString()).not.toContain(value);
  });

  test('a watch of Secrets is broken off at an event that cannot be read, after those that could', async () => {
    const good = `${JSON.stringify({ type: 'ADDED', object: one })}\n`;
    const bad = `${JSON.stringify({ type: 'ADDED', object: { ...one, kind: 'Other' } })}\n`;
    server.behave(answering('200 OK', json, good + bad + good));
    const open = await agent.stream(protocol, { path: `${secrets}?watch=1` });
    expect((await open.end).how).toBe('broken off');
    expect(open.text()).not.toContain(value);
    expect(open.text().match(/ADDED/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  test('a body that breaks off is broken off for the agent too, however it was framed', async () => {
    for (const framing of ['content-length: 1000', 'transfer-encoding: chunked']) {
      server.behave((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${framing}\r\n\r\n5\r\nhello\r\n`);
        setTimeout(() => socket.destroy(), 50);
      });
      const open = await agent.stream(protocol, { path: configMaps });
      expect((await open.end).how, framing).toBe('broken off');
    }
  });

  test('the head of a watch is passed on before its first event, each event before the next', async () => {
    const events = ['{"type":"ADDED"}\n', '{"type":"MODIFIED"}\n'];
    const { promise: connected, resolve } = Promise.withResolvers<(text: string) => void>();
    server.behave((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
      resolve((text) => void socket.write(`${text.length.toString(16)}\r\n${text}\r\n`));
    });
    const open = await agent.stream(protocol, { path: `${configMaps}?watch=1` });
    expect(open).toMatchObject({ status: 200 });
    expect(open.text()).toBe('');
    const send = await connected;
    for (const [at, event] of events.entries()) {
      send(event);
      await open.until(new RegExp(event));
      expect(open.text()).toBe(events.slice(0, at + 1).join(''));
    }
    open.abort();
  });

  test('nothing but what the list allows crosses in a head', async () => {
    const theirs = {
      'set-cookie': 'a=b',
      'x-internal': '10.0.0.1',
      'proxy-authenticate': 'Basic',
      connection: 'x-internal',
      server: 'hidden',
      'x-kubernetes-pf-flowschema-uid': 'kept',
    };
    server.behave(answering('200 OK', { ...json, ...theirs }, '{}'));
    const { headers } = await agent.call(protocol, { path: configMaps });
    expect(headers['x-kubernetes-pf-flowschema-uid']).toBe('kept');
    for (const name of ['set-cookie', 'x-internal', 'proxy-authenticate', 'server'])
      expect(headers[name]).toBeUndefined();
  });

  test('what goes up is an allow-list with our framing, and our credential alone', async () => {
    server.heads.length = 0;
    server.behave(answering('200 OK', json, '{}'));
    const headers = {
      cookie: 'a=b',
      via: '1.1 x',
      te: 'trailers',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=a',
    };
    await agent.call(protocol, { path: configMaps, headers });
    await agent.call(protocol, { method: 'POST', path: configMaps, body: '{ }', headers });
    const names = server.heads.map((head) =>
      head.split('\r\n').map((line) => line.split(':')[0]?.toLowerCase()),
    );
    const always = ['host', 'accept-encoding', 'audit-id', 'authorization', 'connection'];
    expect(names).toEqual([
      [`get ${configMaps} http/1.1`, ...always],
      [`post ${configMaps} http/1.1`, ...always.slice(0, 4), 'content-length', 'connection'],
    ]);
    expect(server.heads[1]).toContain('content-length: 2');
    expect(server.heads.join('\n')).toContain(`Bearer ${governed.realToken}`);
    expect(server.heads.join('\n')).not.toContain(agent.token);
  });

  test('a read that meets a connection the server is just closing is sent again, a write is not', async () => {
    for (const [method, status, sent] of [
      ['GET', 200, 2],
      ['POST', 502, 1],
    ] as const) {
      server.behave(answering('200 OK', json, '{}'));
      await agent.call(protocol, { path: configMaps });
      server.heads.length = 0;
      server.behave((socket, requests) => {
        if (requests > 1) socket.destroy();
        else answering('200 OK', json, '{}')(socket, requests);
      });
      const body = method === 'POST' ? { body: '{}' } : {};
      expect((await agent.call(protocol, { method, path: configMaps, ...body })).status).toBe(status);
      expect(server.heads).toHaveLength(sent);
    }
  });

  test('of an answer that broke off before its head was passed on nothing is left in the next, or in a refusal', async () => {
    const head = 'content-type: text/plain\r\ncontent-encoding: gzip\r\netag: "old"\r\nwarning: 299 - "old"';
    for (const again of [answering('200 OK', json, '{}'), (socket: TLSSocket) => void socket.destroy()]) {
      server.behave(answering('200 OK', json, '{}'));
      await agent.call(protocol, { path: configMaps });
      server.behave((socket, requests) => {
        if (requests === 1) return again(socket, requests);
        // As by a server that dies: with the head there and no byte of the body.
        socket.write(`HTTP/1.1 200 OK\r\n${head}\r\ncontent-length: 2\r\n\r\n`, () => socket.destroy());
      });
      const answered = await agent.call(protocol, { path: configMaps });
      expect(answered.headers['content-type']).toBe('application/json');
      expect(answered.headers).not.toHaveProperty('content-encoding');
      expect(answered.headers).not.toHaveProperty('etag');
      expect(`${answered.headers.warning ?? ''}`).not.toContain('old');
      expect(answered.json()).toBeTypeOf('object');
    }
  });

  test('a read is not sent again once its permit has ended', async () => {
    server.behave(answering('200 OK', json, '{}'));
    await agent.call(protocol, { path: configMaps });
    server.heads.length = 0;
    // It waits on the connection that served before, and is cut there.
    server.behave(() =>
      governed.entitle({
        rules: [{ namespaces: ['x'], apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      }),
    );
    expect(await refused(protocol, configMaps)).toBe('403 NoRule');
    expect(server.heads).toHaveLength(1);
    governed.entitle({ rules: widely(namespace) });
  });

  test('an agent that goes away takes its call along', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    server.behave((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.on('close', () => resolve());
    });
    const open = await agent.stream(protocol, { path: `${configMaps}?watch=1` });
    open.abort();
    await gone;
  });
});

test('an error thrown in one call ends that call alone', async () => {
  let thrown = false;
  const credential: Credential = {
    async present() {
      if (thrown) return { kind: 'presented', bearer: 'real' };
      thrown = true;
      throw new Error(`SEEDED-${seed('of the credential')}`);
    },
  };
  await using faulty = await govern(cluster, 'faulty', { apiServer: server.apiServer, credential });
  const path = `/api/v1/namespaces/${faulty.namespace}/configmaps`;
  server.behave(answering('200 OK', json, '{}'));
  for (const protocol of PROTOCOLS) {
    thrown = false;
    const others = [faulty.agent.call(protocol, { path }), faulty.agent.call(protocol, { path })];
    const statuses = await Promise.all(others);
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 500]);
    const failed = statuses.find(({ status }) => status === 500);
    expect(failed && refusalOf(failed)).toBe('500 Internal');
    expect(failed?.body.toString()).not.toContain('SEEDED');
    expect(faulty.ended.filter(({ refusal }) => refusal === 'Internal')).toHaveLength(
      protocol === 'h1' ? 1 : 2,
    );
  }
});

test('a server that shows another certificate, or is not there, is a 502 that says so', async () => {
  const url = new URL(cluster.server);
  await using strange = await govern(cluster, 'strange', {
    apiServer: { url, ca: server.apiServer.ca ?? '' },
  });
  await using absent = await govern(cluster, 'absent', {
    apiServer: { url: new URL('https://127.0.0.1:1') },
  });
  for (const { agent: asking, namespace: of } of [strange, absent]) {
    const answered = await asking.call('h2', { path: `/api/v1/namespaces/${of}/configmaps` });
    expect(refusalOf(answered)).toBe('502 UpstreamUnavailable');
  }
  const { agent: asking } = absent;
  const path = `/api/v1/namespaces/${absent.namespace}/configmaps`;
  expect((await asking.call('h1', { path })).body.toString()).toContain('ECONNREFUSED');
});
