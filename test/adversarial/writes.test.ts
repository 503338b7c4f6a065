// What an agent writes: what this version must not forward is refused before a byte of it arrives, a sentinel is never
// stored however it is written, and everything else arrives as it was meant.
import { afterAll, describe, expect, test } from 'vitest';
import { enveloped, joined, message } from '../../policy/written/test-protobuf.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { type Ask, PROTOCOLS } from './agent.ts';
import { refusalOf } from './answers.ts';
import { govern } from './governed.ts';
import { widely } from './widely.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'writes');
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const core = `/api/v1/namespaces/${namespace}`;
const path = `${core}/configmaps`;
const JSON_TYPE = { 'content-type': 'application/json' };
const configMap = (name: string, data: object = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const meta = (name: string) => message([1, name], [3, namespace]);
/** A ConfigMap of these metadata and, entry by entry, this data. */
const inProtobuf = (metadata: Uint8Array | readonly Uint8Array[], ...data: Uint8Array[]): Buffer => {
  const of = (number: number, messages: readonly Uint8Array[]) => messages.map((it) => [number, it] as const);
  const object = message(...of(1, [metadata].flat()), ...of(2, data));
  return Buffer.from(enveloped('v1', 'ConfigMap', object));
};
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
  ])(
    'a write of Secrets that no rule gives, and so nothing is read for it: %s %s',
    async (method, target) => {
      await governed.arrived();
      const headers = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : JSON_TYPE;
      expect(await refused({ method, path: target, body: '{}', headers })).toBe('403 NoRule');
      expect(await governed.arrived()).toEqual([]);
    },
  );

  test('a sentinel, wherever and however it is written', async () => {
    const sentinel = `chaperone: hidden value ${'0123456789abcdef'.repeat(3)}`;
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
      ['in protobuf', inProtobuf(meta('a'), message([1, 'a'], [2, sentinel])), PROTOBUF],
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
      const answered = await agent.call(protocol, { ...ask, headers: { 'content-type': type } });
      expect(refusalOf(answered), where).toBe('403 SentinelInWrite');
      const at = answered.json().details.causes[0].field;
      expect(String(at), where).toMatch(
        type === PROTOBUF ? /^undefined$/ : /^(data|metadata\.labels|\[0\]\.value$)/,
      );
    }
    expect(await governed.arrived()).toEqual([]);
  });

  const PATCHES = { merge: 'application/merge-patch+json', json: 'application/json-patch+json' };
  const ten = Array(10_001).fill({ op: 'add', path: '/data/a', value: 'b' });
  const bomb = [
    'a: &a [x]',
    ...[...'bcdefghi'].map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i]},`.repeat(9)}]`),
  ].join('\n');

  test.each<[string, string, string, string | Buffer, string, string?]>([
    ['a key twice', 'POST', path, '{"metadata":{"name":"a"},"data":{"a":"b","a":"c"}}', '400 MalformedBody'],
    [
      'a key twice in escapes',
      'POST',
      path,
      '{"metadata":{"name":"a","nam\\u0065":"b"}}',
      '400 MalformedBody',
    ],
    [
      'a type in two cases',
      'POST',
      path,
      configMap('a').replace('{', '{"Kind":"Secret",'),
      '400 MalformedBody',
    ],
    [
      'half a character',
      'POST',
      path,
      configMap('a', { a: 'X' }).replace('"X"', '"\\ud800"'),
      '400 MalformedBody',
    ],
    ['another name', 'PUT', `${path}/a`, configMap('b'), '400 OtherObject'],
    [
      'another namespace',
      'POST',
      path,
      configMap('a').replace(`"${namespace}"`, '"default"'),
      '400 OtherObject',
    ],
    [
      'another namespace and a name to make up',
      'POST',
      path,
      '{"metadata":{"generateName":"a-","namespace":"default"}}',
      '400 OtherObject',
    ],
    ['another group', 'POST', path, configMap('a').replace('"v1"', '"apps/v1"'), '400 OtherObject'],
    [
      'another name in a patch',
      'PATCH',
      `${path}/a`,
      '{"metadata":{"name":"b"}}',
      '400 OtherObject',
      PATCHES.merge,
    ],
    [
      'another name by an operation',
      'PATCH',
      `${path}/a`,
      '[{"op":"replace","path":"/metadata/name","value":"b"}]',
      '400 OtherObject',
      PATCHES.json,
    ],
    [
      'more operations than the server takes',
      'PATCH',
      `${path}/a`,
      JSON.stringify(ten),
      '400 MalformedBody',
      PATCHES.json,
    ],
    ['another name in protobuf', 'PUT', `${path}/a`, inProtobuf(meta('b')), '400 OtherObject', PROTOBUF],
    [
      'metadata twice in protobuf',
      'PUT',
      `${path}/a`,
      inProtobuf([meta('a'), meta('b')]),
      '400 MalformedBody',
      PROTOBUF,
    ],
    [
      'a name twice in protobuf',
      'PUT',
      `${path}/a`,
      inProtobuf(joined([meta('b'), meta('a')])),
      '400 MalformedBody',
      PROTOBUF,
    ],
    ['a bomb of nesting', 'POST', path, `{"data":${'['.repeat(1_500_000)}`, '400 MalformedBody'],
    ['a bomb of values', 'POST', path, `{"data":[${'[],'.repeat(1_000_000)}0]}`, '400 MalformedBody'],
    ['a bomb of anchors', 'POST', path, bomb, '415 UnsupportedMediaType', 'application/yaml'],
    [
      'options of a delete in two cases',
      'DELETE',
      `${path}/a`,
      '{"dryRun":["All"],"KIND":"DeleteOptions"}',
      '400 MalformedBody',
    ],
    [
      'options of a delete twice',
      'DELETE',
      `${path}/a`,
      '{"dryRun":["All"],"dryRun":null}',
      '400 MalformedBody',
    ],
  ])('a body with %s', async (_, method, target, body, code, type = 'application/json') => {
    await governed.arrived();
    expect(await refused({ method, path: target, body, headers: { 'content-type': type } })).toBe(code);
    expect(await governed.arrived()).toEqual([]);
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
    expect(await write('application/json')).toBe('400 MalformedBody');
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

describe.each(PROTOCOLS)('over %s a body passes', (protocol) => {
  const write = async (method: string, target: string, body: string | Buffer, type?: string) => {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const answered = await agent.call(protocol, { method, path: target, body, headers });
    expect(answered.status, `${method} ${type}: ${answered.body}`).toBeLessThan(300);
    return answered.json();
  };
  const name = (purpose: string) => `${purpose}-${protocol.replace(/\W/g, '')}`;

  test('in protobuf, as it came', async () => {
    const body = inProtobuf(meta(name('protobuf')), message([1, 'a'], [2, 'b']));
    const stored = await write('POST', path, body, PROTOBUF);
    expect(stored.data).toEqual({ a: 'b' });
    const options = Buffer.from(enveloped('v1', 'DeleteOptions', message([5, 'All'])));
    await write('DELETE', `${path}/${name('protobuf')}`, options, PROTOBUF);
    expect((await agent.call(protocol, { path: `${path}/${name('protobuf')}` })).status, 'a dry run').toBe(
      200,
    );
  });

  test('without a type, with parameters, and with a name to make up', async () => {
    await write('POST', path, configMap(name('untyped')));
    await write('POST', path, configMap(name('streamed')), 'application/json;stream=watch');
    const made = await write(
      'POST',
      path,
      '{"metadata":{"generateName":"made-"}}',
      'Application/JSON; charset=utf-8',
    );
    expect(made.metadata.name).toMatch(/^made-.+/);
  });

  test('in which YAML would fold a line, with the line as it was', async () => {
    const data = { a: 'b\u0085c\u2028d\u2029 e', f: '\ufeffg\u007f' };
    const body = configMap(name('folded'), data);
    await write('PATCH', `${path}/${name('folded')}?fieldManager=a`, body, 'application/apply-patch+yaml');
    expect((await agent.call(protocol, { path: `${path}/${name('folded')}` })).json().data).toEqual(data);
    await write('PUT', `${path}/${name('folded')}`, body, 'application/yaml');
    expect((await agent.call(protocol, { path: `${path}/${name('folded')}` })).json().data).toEqual(data);
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
  expect(refused.stderr).toContain('chaperone refuses create secrets in namespace ');
});
