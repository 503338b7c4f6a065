// What an agent writes: what this version must not forward is refused before a byte of it arrives, a sentinel is never
// stored however it is written, and everything else arrives as it was meant.
import { afterAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { type Ask, PROTOCOLS } from './agent.ts';
import { refusalOf } from './answers.ts';
import { govern, widely } from './governed.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'writes');
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const core = `/api/v1/namespaces/${namespace}`;
const path = `${core}/configmaps`;
const JSON_TYPE = { 'content-type': 'application/json' };
const configMap = (name: string, data: object = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
const kubectl = (args: readonly string[], input = '') =>
  cluster.kubectl(args, { input, kubeconfig: governed.kubeconfig });

describe.each(PROTOCOLS)('over %s is refused, and does not arrive', (protocol) => {
  const refused = async (ask: Ask) => refusalOf(await agent.call(protocol, { headers: JSON_TYPE, ...ask }));

  test.each([
    ['POST', `${core}/secrets`],
    ['PUT', `${core}/secrets/a`],
    ['PATCH', `${core}/secrets/a`],
    ['DELETE', `${core}/secrets/a`],
    ['DELETE', `${core}/secrets`],
    ['POST', `${core}/secrets?dryRun=All`],
  ])('a write of Secrets: %s %s', async (method, target) => {
    await governed.arrived();
    const headers = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : JSON_TYPE;
    expect(await refused({ method, path: target, body: '{}', headers })).toBe('403 SecretWriteNotYet');
    expect(await governed.arrived()).toEqual([]);
  });

  test.each([
    ['POST', `${core}/pods`],
    ['PATCH', `${core}/pods/a`],
    ['PATCH', `${core}/pods/a/ephemeralcontainers`],
    ['POST', `${core}/pods/a/binding`],
    ['POST', `${core}/replicationcontrollers`],
    ['PUT', `/apis/apps/v1/namespaces/${namespace}/deployments/a`],
    ['POST', `/apis/apps/v1/namespaces/${namespace}/statefulsets`],
    ['POST', `/apis/batch/v1/namespaces/${namespace}/jobs`],
    ['PATCH', `/apis/batch/v1/namespaces/${namespace}/cronjobs/a`],
  ])('a write of pods and their templates: %s %s', async (method, target) => {
    await governed.arrived();
    expect(await refused({ method, path: target, body: '{}' })).toBe('403 WorkloadWriteNotYet');
    expect(await governed.arrived()).toEqual([]);
  });

  test('a sentinel, wherever and however it is written', async () => {
    const sentinel = 'chaperone: hidden value 0123456789abcdef0123456789abcdef0123';
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const escaped = [...sentinel].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const bodies: [string, string | Buffer, string?][] = [
      ['a value', configMap('a', { a: sentinel })],
      ['within a value', configMap('a', { a: `user: x\npassword: ${sentinel}\n` })],
      ['cut short', configMap('a', { a: sentinel.slice(0, 30) })],
      ['wrapped', configMap('a', { a: sentinel.replace('value', '\n  value') })],
      ['in base64', configMap('a', { a: base64(sentinel) })],
      ['in base64 at another alignment', configMap('a', { a: base64(`p:${sentinel}`) })],
      ['in base64 twice', configMap('a', { a: base64(base64(sentinel)) })],
      ['a key', configMap('a', { [sentinel]: 'a' })],
      ['in escapes', configMap('a', { a: 'HERE' }).replace('HERE', escaped)],
      ['a key in escapes', configMap('a', { HERE: 'a' }).replace('HERE', escaped)],
      ['in a nested document', configMap('a', { a: JSON.stringify({ b: [sentinel] }) })],
      ['in a label', JSON.stringify({ metadata: { name: 'a', labels: { a: sentinel } } })],
      ['in protobuf', Buffer.from(`k8s\0\n\x0c\n\x02v1${sentinel}`), 'application/vnd.kubernetes.protobuf'],
      [
        'in a JSON patch',
        `[{"op":"add","path":"/data/a","value":"${escaped}"}]`,
        'application/json-patch+json',
      ],
      ['in an apply', configMap('a', { a: sentinel }), 'application/apply-patch+yaml'],
    ];
    await governed.arrived();
    for (const [where, body, type = 'application/json'] of bodies) {
      const patch = type.includes('patch');
      const ask = { method: patch ? 'PATCH' : 'POST', path: patch ? `${path}/a?fieldManager=a` : path, body };
      expect(await refused({ ...ask, headers: { 'content-type': type } }), where).toBe('403 SentinelInWrite');
    }
    expect(await governed.arrived()).toEqual([]);
  });

  test('nothing but the last of two keys of one name, which is the one that was read', async () => {
    const body = `{"metadata":{"name":"twice-${protocol}"},"data":{"a":"chaperone: hidden value 01","a":"b"}}`;
    const created = await agent.call(protocol, { method: 'POST', path, body, headers: JSON_TYPE });
    expect(created.json()).toMatchObject({ data: { a: 'b' } });
    expect(created.body.toString()).not.toContain('hidden');
  });

  test('what cannot be checked: YAML that is not JSON, CBOR, a compressed body', async () => {
    await governed.arrived();
    const write = (type: string, more: object = {}) =>
      refused({ method: 'POST', path, body: 'a: b', headers: { 'content-type': type, ...more } });
    expect(await write('application/yaml')).toBe('415 UnsupportedMediaType');
    expect(await write('application/cbor')).toBe('415 UnsupportedMediaType');
    expect(await write('application/apply-patch+cbor')).toBe('415 UnsupportedMediaType');
    expect(await write('text/plain')).toBe('415 UnsupportedMediaType');
    expect(await write('application/json', { 'content-encoding': 'gzip' })).toBe('400 MalformedRequest');
    expect(await write('application/json')).toBe('400 MalformedRequest');
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(await refused({ method: 'POST', path, body: deep })).toBe('400 MalformedRequest');
    expect(await governed.arrived()).toEqual([]);
  });

  test('a body beyond our bound', async () => {
    await governed.arrived();
    const body = configMap('huge', { a: 'x'.repeat(4 * 1024 * 1024) });
    expect(await refused({ method: 'POST', path, body })).toBe('413 TooLarge');
    expect(await governed.arrived()).toEqual([]);
    expect((await agent.call(protocol, { path })).status).toBe(200);
  });
});

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test("a body of 3.3 MB gets the API server's own 413, one of 900 kB is stored", async () => {
    const post = (name: string, bytes: number) =>
      agent.call(protocol, {
        method: 'POST',
        path,
        body: configMap(name, { a: 'x'.repeat(bytes) }),
        headers: JSON_TYPE,
      });
    const large = await post('large', 3_300_000);
    expect(large.status).toBe(413);
    expect(large.json().message).toMatch(/limit is 3145728/);
    expect((await post(`fits-${protocol}`, 900_000)).status).toBe(201);
  });

  test('an update, each kind of patch, an apply and a delete do what they say', async () => {
    const name = `ways-${protocol}`;
    const at = `${path}/${name}`;
    const write = async (method: string, target: string, body: string, type = 'application/json') => {
      const answered = await agent.call(protocol, {
        method,
        path: target,
        body,
        headers: { 'content-type': type },
      });
      expect(answered.status, `${method} ${type}: ${answered.body}`).toBeLessThan(300);
      return answered.json().data;
    };
    await write('POST', path, configMap(name, { a: '1' }));
    expect(await write('PUT', at, configMap(name, { a: '2' }))).toEqual({ a: '2' });
    const merge = '{"data":{"b":"3"}}';
    expect(await write('PATCH', at, merge, 'application/merge-patch+json')).toEqual({ a: '2', b: '3' });
    expect(await write('PATCH', at, '{"data":{"a":null}}', 'application/strategic-merge-patch+json')).toEqual(
      { b: '3' },
    );
    const operations =
      '[{"op":"test","path":"/data/b","value":"3"},{"op":"add","path":"/data/c","value":"4"}]';
    expect(await write('PATCH', at, operations, 'application/json-patch+json')).toEqual({ b: '3', c: '4' });
    const apply = `${at}?fieldManager=agent&force=true`;
    expect(
      await write('PATCH', apply, configMap(name, { d: '5' }), 'application/apply-patch+yaml'),
    ).toMatchObject({ d: '5' });
    expect((await agent.call(protocol, { method: 'DELETE', path: at })).json()).toMatchObject({
      status: 'Success',
    });
  });
});

test('a write that expects 100-continue is told to go on, and only where it is permitted', async () => {
  const body = configMap('expected');
  const head = (target: string) =>
    `POST ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent.token}\r\nContent-Type: application/json\r\n` +
    `Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`;
  const socket = await agent.connect();
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  const shows = (pattern: RegExp) =>
    waitFor({ what: `${pattern}`, timeoutMs: 5000, probe: () => pattern.test(text) || undefined });
  socket.write(head(path));
  await shows(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
  socket.write(body);
  await shows(/HTTP\/1\.1 201 Created/);
  socket.destroy();
  expect(await agent.raw(head(`${core}/secrets`))).toMatch(/^HTTP\/1\.1 403 /);
});

test('a client that is still sending reads why it was refused, and its connection goes on', async () => {
  const socket = await agent.connect();
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  const head = (method: string, target: string, ...more: string[]) =>
    `${[`${method} ${target} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${agent.token}`, ...more].join('\r\n')}\r\n\r\n`;
  for (const [target, bytes] of [
    [`${core}/secrets`, 9_000_000],
    [path, 9_000_000],
  ] as const) {
    socket.write(head('POST', target, `Content-Length: ${bytes}`));
    for (let sent = 0; sent < bytes; sent += 100_000) {
      if (!socket.write(Buffer.alloc(100_000, 'x')))
        await new Promise((resolve) => socket.once('drain', resolve));
    }
  }
  socket.write(head('GET', path, 'Connection: close'));
  await new Promise((resolve) => socket.once('close', resolve));
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 413', 'HTTP/1.1 200']);
});

test('a write in chunks arrives whole', async () => {
  const body = configMap('chunked', { a: 'b' });
  const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join('');
  const head =
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent.token}\r\nContent-Type: application/json\r\n` +
    'Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(await agent.raw(`${head}${chunks}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 201 /);
});

test('numbers that JavaScript cannot hold arrive as they were written', async () => {
  const group = `${namespace}.chaperone.test`;
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await create(cluster, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `numbers.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'numbers', singular: 'number', kind: 'Number' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  });
  try {
    await ok(cluster.kubectl(['wait', '--for=condition=Established', `crd/numbers.${group}`]));
    const rule = {
      namespaces: [namespace],
      apiGroups: [group],
      resources: ['numbers'],
      verbs: ['create' as const],
    };
    governed.entitle({ rules: [...widely(namespace), rule] });
    const target = `/apis/${group}/v1/namespaces/${namespace}/numbers`;
    const body = (name: string) =>
      `{"apiVersion":"${group}/v1","kind":"Number","metadata":{"name":"${name}"},"spec":{"big":9007199254740993,` +
      '"most":9223372036854775807,"least":-9223372036854775808,"one":1.0,"small":1e-7,"zero":-0.0,"exact":0.1}}';
    const specOf = (text: string) => /"spec":\{[^}]*\}/.exec(text)?.[0];
    const direct = await waitFor({
      what: 'the API server to serve the new kind',
      timeoutMs: 10_000,
      probe: async () => {
        const { code, stdout } = await cluster.kubectl(['create', '--raw', target, '-f', '-'], {
          input: body('direct'),
        });
        return code === 0 ? stdout : undefined;
      },
    });
    for (const protocol of PROTOCOLS) {
      const ask = { method: 'POST', path: target, body: body(`by-${protocol}`), headers: JSON_TYPE };
      const answered = await agent.call(protocol, ask);
      expect(specOf(answered.body.toString())).toBe(specOf(direct));
      expect(specOf(direct)).toContain('9007199254740993');
    }
  } finally {
    await cluster.kubectl(['delete', 'crd', `numbers.${group}`, '--wait=false']);
  }
});

test('an unmodified kubectl creates, edits, applies and deletes a ConfigMap', async () => {
  const manifest = (value: string) => configMap('kubectl', { a: value });
  const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kubectl\ndata:\n  b: |\n    two\n    lines\n`;
  const steps: [string[], string?][] = [
    [['create', '-f', '-'], manifest('1')],
    [['patch', 'configmap/kubectl', '--type=merge', '-p', '{"data":{"a":"2"}}']],
    [['patch', 'configmap/kubectl', '--type=strategic', '-p', 'data:\n  a: "3"']],
    [['patch', 'configmap/kubectl', '--type=json', '-p', '[{"op":"remove","path":"/data/a"}]']],
    [['apply', '--server-side', '--force-conflicts', '-f', '-'], yaml],
    [['apply', '-f', '-'], yaml],
    [['label', 'configmap/kubectl', 'seen=yes']],
    [['replace', '-f', '-'], manifest('4')],
    [['delete', 'configmap/kubectl']],
  ];
  for (const [args, input] of steps) {
    const { code, stderr } = await kubectl(args, input);
    expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
  }
  const refused = await kubectl(['create', 'secret', 'generic', 'a', '--from-literal=a=b']);
  expect(refused.stderr).toContain('hidden values could not be put back');
});
