// Writes of Secrets as real clients make them: whatever the write, the form in which its answer is asked for and the protocol,
// no hidden value comes back with the answer, and none that was not written is changed.
import { afterAll, describe, expect, test } from 'vitest';
import { enveloped, joined, message } from '../../policy/written/test-protobuf.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { lookFor } from '../search/look.ts';
import { seed } from '../search/seeds.ts';
import { type Ask, PROTOCOLS, type Protocol } from './agent.ts';
import { type Json, refusalOf } from './answers.ts';
import { direct } from './direct.ts';
import { govern } from './governed.ts';
import { widelyWithSecrets } from './widely.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'masking-writes');
const { agent, namespace } = governed;
const admin = direct(cluster, governed);
afterAll(() => {
  admin.close();
  return governed[Symbol.asyncDispose]();
});
governed.entitle({ rules: widelyWithSecrets(namespace) });

const path = `/api/v1/namespaces/${namespace}/secrets`;
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const TABLE = (version: string) => `application/json;as=Table;v=${version};g=meta.k8s.io,application/json`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const VALUE = seed('masked, written over');
const BINARY = Buffer.from(`${seed('masked, binary')}\0\xff\xfe`, 'latin1');
const OWN = seed('masked, what the agent itself wrote');
const look = lookFor(
  [VALUE, BINARY.toString('latin1', 0, 40), OWN].map((value) => ({ purpose: value, value })),
);

const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const data = { password: base64(VALUE), binary: BINARY.toString('base64'), empty: '' };
const seeded = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name,
    namespace,
    labels: { of: name },
    annotations: { [APPLIED]: `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data })}\n` },
    ...more,
  },
  data,
});
const shownOf = async (name: string): Promise<Json> =>
  (await agent.call('h1', { path: `${path}/${name}` })).json();
const storedOf = async (name: string): Promise<Json> =>
  (await admin.call('h1', { path: `${path}/${name}` })).json();

const adminCall = (method: string, target: string, body: object) =>
  admin.call('h1', {
    method,
    path: target,
    body: JSON.stringify(body),
    headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
  });

/** One way to write: what is asked of the object of this name, as it was shown. */
interface Way {
  readonly made?: object;
  /** Nothing stands there before. */
  readonly creates?: boolean;
  /** Nothing stands there afterwards. */
  readonly deletes?: boolean;
  readonly answer: 'Secret' | 'SecretList' | 'Status';
  readonly ask: (
    name: string,
    shown: Json,
  ) => { path: string; method: string; type?: string; body?: unknown };
}

const labels = { touched: 'yes' };
const own = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name,
    annotations: {
      [APPLIED]: JSON.stringify({ kind: 'Secret', apiVersion: 'v1', stringData: { own: OWN } }),
    },
  },
  data: { encoded: base64(OWN) },
  stringData: { own: OWN },
});
const patch = (kind: string, body: (name: string, shown: Json) => unknown): Way => ({
  answer: 'Secret',
  ask: (name, shown) => ({
    method: 'PATCH',
    path: `${path}/${name}${kind.startsWith('apply') ? '?fieldManager=agent&force=true' : ''}`,
    type: `application/${kind}`,
    body: body(name, shown),
  }),
});

const WAYS: Readonly<Record<string, Way>> = {
  create: { creates: true, answer: 'Secret', ask: (name) => ({ method: 'POST', path, body: own(name) }) },
  update: {
    answer: 'Secret',
    ask: (name, shown) => ({
      method: 'PUT',
      path: `${path}/${name}`,
      body: { ...shown, metadata: { ...shown.metadata, labels }, stringData: { own: OWN } },
    }),
  },
  'merge patch': patch('merge-patch+json', (_, { data: { password } }) => ({
    metadata: { labels },
    data: { password },
  })),
  'strategic patch': patch('strategic-merge-patch+json', () => ({
    metadata: { labels },
    stringData: { own: OWN },
  })),
  'JSON patch': patch('json-patch+json', (_, shown) => [
    { op: 'test', path: '/data/password', value: shown.data.password },
    { op: 'add', path: '/metadata/labels', value: labels },
  ]),
  apply: patch('apply-patch+yaml', (name, shown) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels },
    data: { password: shown.data.password },
  })),
  'apply that creates': { ...patch('apply-patch+yaml', own), creates: true },
  delete: { deletes: true, answer: 'Status', ask: (name) => ({ method: 'DELETE', path: `${path}/${name}` }) },
  'delete held by a finalizer': {
    made: { finalizers: ['example.com/hold'] },
    answer: 'Secret',
    ask: (name) => ({ method: 'DELETE', path: `${path}/${name}` }),
  },
  deletecollection: {
    deletes: true,
    answer: 'SecretList',
    ask: (name) => ({ method: 'DELETE', path: `${path}?labelSelector=of%3D${name}` }),
  },
};

/** How an answer is asked for: the kind of the answer where it is not the object's own. */
const FORMS: readonly (readonly [accept: string, query: string, kind?: string])[] = [
  ['application/json', ''],
  [`${PROTOBUF}, */*`, 'pretty=1'],
  [`${PROTOBUF},application/json`, ''],
  [TABLE('v1'), '', 'Table'],
  [TABLE('v1'), 'includeObject=None', 'Table'],
  [TABLE('v1'), 'includeObject=Object', 'Table'],
  [TABLE('v1beta1'), 'includeObject=Metadata', 'Table'],
  [
    'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
    '',
    'PartialObjectMetadata',
  ],
  [
    'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
    '',
    'PartialObjectMetadataList',
  ],
];

const asked = (
  { path: target, method, type = 'application/json', body }: ReturnType<Way['ask']>,
  accept: string,
  ...queries: string[]
): Ask => ({
  method,
  path: [target, ...queries]
    .filter((it) => it !== '')
    .reduce((url, query) => `${url}${url.includes('?') ? '&' : '?'}${query}`),
  headers: { accept, 'content-type': type, 'accept-encoding': 'gzip' },
  ...(body !== undefined && { body: JSON.stringify(body) }),
});

const SENTENCE = /^chaperone: hidden value [0-9a-f]{48}$/;

async function written(
  protocol: Protocol,
  way: Way,
  name: string,
  form: (typeof FORMS)[number],
): Promise<void> {
  const [accept, query, kind = way.answer] = form;
  if (!way.creates) await adminCall('POST', path, seeded(name, way.made));
  const ask = way.ask(name, way.creates ? undefined : await shownOf(name));
  for (const dryRun of ['dryRun=All', '']) {
    const answered = await agent.call(protocol, asked(ask, accept, query, dryRun));
    const what = `${accept} ${query} ${dryRun}: ${answered.body.toString().slice(0, 2000)}`;
    expect(look(answered.body), what).toEqual([]);
    expect(answered.headers['content-type'], what).toMatch(/^application\/json/);
    expect(answered.headers['content-encoding'], what).toBeUndefined();
    // One object is not to be had as a list, nor a list as one object; a Status is always itself.
    if (answered.status === 406) {
      expect(answered.json().kind, what).toBe('Status');
      expect(kind).toMatch(/^PartialObjectMetadata/);
      continue;
    }
    expect(answered.status, what).toBeLessThan(300);
    const body = answered.json();
    expect([kind, 'Status'], what).toContain(body.kind);
    if (body.kind === 'Secret')
      for (const value of Object.values<string>(body.data)) expect(atob(value), what).toMatch(SENTENCE);
    if (body.kind === 'Status')
      expect(body).toMatchObject({ status: 'Success', details: { name, kind: 'secrets' } });
  }
  const stored = await storedOf(name);
  if (way.deletes) expect(stored).toMatchObject({ kind: 'Status', reason: 'NotFound' });
  else expect(stored.data).toMatchObject(way.creates ? { encoded: base64(OWN), own: base64(OWN) } : data);
  if (ask.body !== undefined && !way.creates) expect(stored.metadata).toMatchObject({ labels });
  if (way.made !== undefined) await adminCall('PATCH', `${path}/${name}`, { metadata: { finalizers: null } });
}

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test.concurrent.each(Object.entries(WAYS))(
    'no hidden value comes back with the answer to one: %s, in any form, dry or not',
    async (title, way) => {
      const name = (index: number) => `${title.toLowerCase().replaceAll(' ', '-')}-${protocol}-${index}`;
      // Plain JSON over both, each other form over one: what is shown of it has no protocol.
      const forms = FORMS.filter((_, at) => at === 0 || at % 2 === PROTOCOLS.indexOf(protocol));
      await Promise.all(forms.map((form, index) => written(protocol, way, name(index), form)));
    },
  );

  test('a write whose answer could only come in another form is refused, and does not arrive', async () => {
    const shown = { metadata: {}, data: { password: '' } };
    await governed.arrived();
    for (const accept of [
      PROTOBUF,
      'application/yaml',
      'application/cbor',
      `${PROTOBUF};as=Table;v=v1;g=meta.k8s.io`,
    ])
      for (const way of Object.values(WAYS))
        expect(refusalOf(await agent.call(protocol, asked(way.ask('none', shown), accept)))).toBe(
          '406 NotAcceptable',
        );
    expect(await governed.arrived()).toEqual([]);
  });

  test('a typed Go client writes in protobuf, and keeps what it was shown', async () => {
    const name = `typed-${protocol}`;
    const data = (key: string, value: string) => message([1, key], [2, value]);
    const inProtobuf = (kind: string, ...fields: Parameters<typeof message>) =>
      Buffer.from(enveloped('v1', kind, message(...fields)));
    const meta = (resourceVersion = '') =>
      message(
        [1, name],
        [2, ''],
        [3, namespace],
        [6, resourceVersion],
        [7, 0],
        [8, joined([])],
        [12, message([1, 'by'], [2, 'typed'])],
      );
    const write = async (method: string, target: string, body: Buffer) => {
      const headers = { accept: `${PROTOBUF}, */*`, 'content-type': PROTOBUF };
      const answered = await agent.call(protocol, { method, path: target, headers, body });
      expect([look(answered.body), answered.status < 300], `${answered.body}`).toEqual([[], true]);
      return answered.json();
    };
    const made = await write(
      'POST',
      path,
      inProtobuf('Secret', [1, meta()], [2, data('kept', OWN)], [3, 'Opaque']),
    );
    expect((await storedOf(name)).data).toEqual({ kept: base64(OWN) });

    const shown = atob(made.data.kept);
    expect(shown).toMatch(SENTENCE);
    const kept = [2, data('kept', shown)] as const;
    const added = [4, data('added', 'plain')] as const;
    await write(
      'PUT',
      `${path}/${name}`,
      inProtobuf('Secret', [1, meta(made.metadata.resourceVersion)], kept, added, [5, 0]),
    );
    expect(await storedOf(name)).toMatchObject({
      data: { kept: base64(OWN), added: base64('plain') },
      immutable: false,
      metadata: { annotations: { by: 'typed' } },
    });

    await write('DELETE', `${path}/${name}`, inProtobuf('DeleteOptions', [4, 'Background']));
    expect(await storedOf(name)).toMatchObject({ reason: 'NotFound' });
  });
});
