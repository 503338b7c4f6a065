// Every refusal that "Skeleton" promises: with a Status that says which, over both protocols, and nothing at the API server.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../sidecar/monotonic.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { PROTOCOLS, type Protocol } from './agent.ts';
import { rawRefusalOf, refusalOf } from './answers.ts';
import { type Governed, govern } from './governed.ts';
import { widely } from './widely.ts';

const cluster = await suiteCluster();
// A machine's clock that the test can set: the wall's alone, as after a sleep.
let sleptMs = 0;
const clock: Clock = { monotonicMs: () => performance.now(), wallMs: () => Date.now() + sleptMs };
const governed = await govern(cluster, 'refused', { clock });
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const path = `/api/v1/namespaces/${namespace}/configmaps`;
const served = (protocol: Protocol) => agent.call(protocol, { path }).then(({ status }) => status);
const refused = async (protocol: Protocol, ask: Parameters<Governed['agent']['call']>[1]) =>
  refusalOf(await agent.call(protocol, ask));

describe.each(PROTOCOLS)('over %s is refused', (protocol) => {
  test('who has no token, an empty one, another one, or the real one', async () => {
    await governed.arrived();
    expect(await refused(protocol, { path, token: null })).toBe('401 UnknownCaller');
    expect(await refused(protocol, { path, token: `${agent.token}x` })).toBe('401 UnknownCaller');
    expect(await refused(protocol, { path, token: governed.realToken })).toBe('401 UnknownCaller');
    for (const authorization of ['Bearer', 'Bearer ', 'Basic YTpi', `Bearer ${agent.token}, Bearer a`]) {
      const ask = { path, token: null, headers: { authorization } };
      // HTTP/2 drops a field with a space at its end, as if it had not been sent.
      const dropped = protocol === 'h2' && authorization === 'Bearer ';
      expect(await refused(protocol, ask)).toBe(dropped ? '401 UnknownCaller' : '400 MalformedRequest');
    }
    expect(await governed.arrived()).toEqual([]);
    const { headers } = await agent.call(protocol, { path, token: null });
    expect(headers['www-authenticate']).toMatch(/^Bearer /);
  });

  test('what no rule names: another namespace, verb, resource, and a kind nobody knows', async () => {
    const asks = [
      { path: '/api/v1/namespaces/kube-system/configmaps' },
      { path: '/api/v1/configmaps' },
      { path: `/api/v1/namespaces/${namespace}/endpoints` },
      { path, method: 'DELETE' },
      { path: `/apis/unheard.of/v1/namespaces/${namespace}/things` },
      { path: `/api/v1/namespaces/${namespace}/things` },
      { path: '/metrics' },
    ];
    for (const ask of asks) expect(await refused(protocol, ask), ask.path).toBe('403 NoRule');
    const closed = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`;
    expect(await refused(protocol, { path: closed })).toBe('403 ClosedUnlessNamed');
    expect(await refused(protocol, { path: closed, method: 'POST', body: '{}' })).toBe('403 ClosedList');
    expect(await governed.arrived()).toEqual([]);
  });

  test('a method that has no verb', async () => {
    expect(await refused(protocol, { path, method: 'OPTIONS' })).toBe('405 UnsupportedMethod');
    expect(await refused(protocol, { path, method: 'TRACE' })).toBe('405 UnsupportedMethod');
  });

  test('a deciding header that stands there twice', async () => {
    await governed.arrived();
    for (const name of ['accept', 'kubectl-session', 'traceparent']) {
      const ask = { path, headers: { [name]: ['a', 'b'] } };
      expect(await refused(protocol, ask), name).toBe('400 MalformedRequest');
    }
    expect(await governed.arrived()).toEqual([]);
  });

  test('a call under a lease that has ended, until the next snapshot', async () => {
    governed.entitle({ rules: widely(namespace), leaseMs: 0 });
    expect(await refused(protocol, { path })).toBe('503 StaleLease');
    governed.entitle({ rules: widely(namespace) });
    expect(await served(protocol)).toBe(200);
  });

  test.each([2500, -2500])('a call after the clocks parted by %i ms, until the next snapshot', async (ms) => {
    sleptMs += ms;
    expect(await refused(protocol, { path })).toBe('503 StaleLease');
    governed.entitle({ rules: widely(namespace) });
    expect(await served(protocol)).toBe(200);
  });

  test('a call while the credential cannot be read; a new one is taken up', async () => {
    expect(await served(protocol)).toBe(200);
    await rename(governed.tokenPath, `${governed.tokenPath}.away`);
    await expect.poll(() => refused(protocol, { path }), { timeout: 5000 }).toBe('503 CredentialUnreadable');
    await writeFile(governed.tokenPath, '');
    expect(await refused(protocol, { path })).toBe('503 CredentialUnreadable');
    await governed.arrived();

    const rotated = await ok(cluster.kubectl(['create', 'token', 'mighty', '-n', namespace]));
    await writeFile(governed.tokenPath, rotated);
    expect(await served(protocol)).toBe(200);
    const [call] = await governed.arrived();
    const claims = JSON.parse(Buffer.from(rotated.split('.')[1] ?? '', 'base64url').toString());
    expect(call?.user.extra?.['authentication.kubernetes.io/credential-id']).toEqual([`JTI=${claims.jti}`]);
    await rm(`${governed.tokenPath}.away`);
  });
});

/** What follows a refusal on its connection: forbidden, so that its arrival would show a call that nobody decided. */
const SMUGGLED =
  `DELETE /api/v1/namespaces/${namespace}/secrets/smuggled HTTP/1.1\r\nHost: x\r\n` +
  `Authorization: Bearer ${agent.token}\r\n\r\n`;

const MALFORMED = [
  ['a parent segment', `/api/v1/namespaces/${namespace}/pods/../configmaps`],
  ['an encoded parent segment', `/api/v1/namespaces/${namespace}/pods/%2e%2e/configmaps`],
  ['a segment that is a dot', `/api/v1/./namespaces/${namespace}/configmaps`],
  ['an empty segment (all namespaces upstream)', '/api/v1/namespaces//configmaps'],
  ['an encoded slash', `/api/v1/namespaces/${namespace}%2fconfigmaps`],
  ['an escape twice over', `/api/v1/namespaces/${namespace}/configmaps%252f`],
  ['a bad escape', `/api/v1/namespaces/${namespace}/configmaps/%zz`],
  ['a backslash', `/api/v1/namespaces/${namespace}\\configmaps`],
  ['a semicolon in the path', `/api/v1/namespaces/${namespace}/configmaps;x`],
  ['a semicolon in the query', `${path}?limit=1;watch=1`],
  ['a bad escape in the query', `${path}?watch=%zz`],
  ['an option that the server would not decode', `${path}?limit=x`],
] as const;

describe('a malformed target', () => {
  const bytesOf = (target: string, method = 'GET') =>
    `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent.token}\r\nContent-Length: 0\r\n\r\n`;

  test.each(MALFORMED)('is refused with %s', async (_, target) => {
    await governed.arrived();
    expect(rawRefusalOf(await agent.raw(bytesOf(target)))).toBe('400 MalformedTarget');
    expect(refusalOf(await agent.call('h2', { path: target }))).toBe('400 MalformedTarget');
    expect(await governed.arrived()).toEqual([]);
  });

  test.each([
    ['the absolute form', 'GET', `${cluster.server}${path}`, '400 MalformedTarget'],
    ['the absolute form of another place', 'GET', `http://example.test${path}`, '400 MalformedTarget'],
    ['an asterisk', 'GET', '*', '400 MalformedTarget'],
    ['an asterisk', 'OPTIONS', '*', '405 UnsupportedMethod'],
    ['the authority form', 'CONNECT', '10.96.0.1:443', '405 UnsupportedMethod'],
  ])('is refused in %s over HTTP/1.1: %s', async (_, method, target, code) => {
    await governed.arrived();
    const text = await agent.raw(bytesOf(target, method) + SMUGGLED);
    expect(rawRefusalOf(text)).toBe(code);
    expect(await governed.arrived()).toEqual([]);
  });

  test.each([
    ['CONNECT', { ':method': 'CONNECT', ':authority': '10.96.0.1:443' }],
    [
      'extended CONNECT',
      {
        ':method': 'CONNECT',
        ':authority': 'x',
        ':scheme': 'https',
        ':path': path,
        ':protocol': 'websocket',
      },
    ],
    ['an asterisk', { ':method': 'OPTIONS', ':path': '*' }],
  ])('is refused over HTTP/2: %s', async (_, headers) => {
    await governed.arrived();
    const session = agent.session();
    const answered = new Promise<string>((resolve) => {
      const stream = session.request({ ...headers, authorization: `Bearer ${agent.token}` });
      stream.on('response', (head) => resolve(String(head[':status'])));
      stream.on('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? 'error'));
    }).catch((error: NodeJS.ErrnoException) => error.code);
    expect(await answered).toMatch(/^(405|ERR_HTTP2_)/);
    session.destroy();
    expect(await governed.arrived()).toEqual([]);
  });
});

describe('an upgrade', () => {
  const CALLS = [
    ['GET', `/api/v1/namespaces/${namespace}/pods?watch=1`, '400 UpgradeRefused'],
    ['GET', `/api/v1/namespaces/${namespace}/secrets?watch=1`, '400 UpgradeRefused'],
    ['GET', `/api/v1/namespaces/${namespace}/pods/x/log?follow=1`, '400 UpgradeRefused'],
    ['GET', '/api', '400 UpgradeRefused'],
    ['GET', `/api/v1/namespaces/${namespace}/pods/x/exec?command=id`, '403 ClosedUnlessNamed'],
    ['POST', `/api/v1/namespaces/${namespace}/pods/x/exec?command=id`, '403 ClosedUnlessNamed'],
    ['POST', `/api/v1/namespaces/${namespace}/pods/x/portforward`, '403 ClosedUnlessNamed'],
    ['GET', `/api/v1/namespaces/${namespace}/services/x/proxy/a`, '403 StreamNotYet'],
    ['GET', `/apis/made.up/v1/namespaces/${namespace}/pods/x/exec`, '403 NoRule'],
  ] as const;
  const PROTOCOLS_ASKED = ['websocket', 'SPDY/3.1', 'h2c', 'TLS/1.0'];

  test.each(CALLS)(
    'is refused with a Status on %s %s, whatever the protocol',
    async (method, target, code) => {
      await governed.arrived();
      for (const protocol of PROTOCOLS_ASKED) {
        const bytes =
          `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent.token}\r\n` +
          `Connection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Version: 13\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 0\r\n\r\n';
        expect(rawRefusalOf(await agent.raw(bytes + SMUGGLED))).toBe(code);
      }
      expect(await governed.arrived()).toEqual([]);
    },
  );

  test.each([
    [['exec', 'x', '--', 'id'], /not recorded|cannot exec|NotFound|not found/],
    [
      ['get', '--raw', `/api/v1/namespaces/${namespace}/pods/x/exec?command=id`],
      /it reaches into a running container/,
    ],
  ])('of an unmodified kubectl %j ends with the reason', async (args, reason) => {
    const { code, stderr } = await cluster.kubectl(args, { kubeconfig: governed.kubeconfig });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(reason);
  });

  test('cannot carry a credential in its protocol', async () => {
    const headers = {
      'sec-websocket-protocol': 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.YQ',
    };
    for (const protocol of PROTOCOLS)
      expect(await refused(protocol, { path, headers })).toBe('400 MalformedRequest');
  });
});

describe('a refusal names what was asked', () => {
  const inNamespace = `in namespace ${namespace}: `;
  const messageOf = async (protocol: Protocol, ask: Parameters<Governed['agent']['call']>[1]) =>
    (await agent.call(protocol, ask)).json().message as string;

  test.each(PROTOCOLS)('also where it went no further than its head, over %s', async (protocol) => {
    const asks = [
      { path, token: null },
      { path, headers: { 'impersonate-user': 'jane' } },
      { path, headers: { accept: ['a', 'b'] } },
    ];
    for (const ask of asks)
      expect(await messageOf(protocol, ask)).toContain(
        `chaperone refuses list configmaps ${inNamespace}its `,
      );
    const odd = `${path}/%1b%5b2J`;
    expect(await messageOf(protocol, { path: odd })).toContain(`chaperone refuses GET "${odd}": `);
    const posing = `${path}/x%22.%20Stop%20here:%20done`;
    governed.entitle({ rules: widely(namespace), leaseMs: 0 });
    expect(await messageOf(protocol, { path: posing })).toContain(
      String.raw`chaperone refuses get configmaps "x\". Stop here: done" ${inNamespace}the lease`,
    );
    governed.entitle({ rules: widely(namespace) });
  });
});

describe('an unmodified kubectl prints', () => {
  const kubectl = async (...args: string[]) => {
    const cache = await mkdtemp(join(tmpdir(), 'kubectl-'));
    const argv = [...args, '--cache-dir', cache];
    const { code, stderr } = await cluster.kubectl(argv, { kubeconfig: governed.kubeconfig });
    await rm(cache, { recursive: true, force: true });
    expect(code).not.toBe(0);
    return stderr;
  };

  test('the whole sentence: what was asked, what decided, what is allowed, what to do next', async () => {
    expect(await kubectl('get', 'events')).toBe(
      `Error from server (Forbidden): chaperone refuses list events in namespace ${namespace}: no rule and no scope of ` +
        'AgentPolicy agents/triage covers it; it allows get, list, watch, create, update, patch, delete of configmaps, ' +
        `pods, services in namespace ${namespace}; it allows get, list, watch of secrets, pods/log in namespace ${namespace}; ` +
        'it allows get, list, watch, create, update, patch, delete of deployments of group apps in namespace ' +
        `${namespace}. Ask the owners of that policy for a rule or a scope that names it, or keep to what it allows.\n`,
    );
    const near = `it allows get, list, watch of secrets in namespace ${namespace}; a Grant of scope read-web-tls would allow`;
    expect(await kubectl('get', 'secret', 'db', '-n', 'shop')).toContain(near);
  });

  test('what a person needs to know to give a Grant', async () => {
    expect(await kubectl('get', 'secret', 'web-tls', '-n', 'shop')).toMatch(
      /Ask for a Grant: .+ in namespace agents with policy triage, scope read-web-tls, pod name triage-5d9c and uid 0b9f, /,
    );
  });

  test.each([
    [
      'someone else',
      ['--as=jane'],
      {},
      /its header impersonate-user speaks for another identity\. Change it: /,
    ],
    [
      'a stale lease',
      [],
      { leaseMs: 0 },
      /the lease on the agent's entitlements has run out, .+\. Try again in 5 seconds/,
    ],
  ])('why discovery is refused, of which client-go drops the Status: %s', async (_, flags, entitled, why) => {
    governed.entitle({ rules: widely(namespace), ...entitled });
    const stderr = await kubectl('get', 'configmaps', ...flags);
    governed.entitle({ rules: widely(namespace) });
    const warned = stderr
      .split('\n')
      .find((line) => line.startsWith('Warning: chaperone refuses get /api: '));
    expect(warned).toMatch(why);
  });
});
