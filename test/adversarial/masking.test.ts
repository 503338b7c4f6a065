// Secrets as real clients ask for them: whatever the verb, the form and the protocol, no seeded value reaches the agent
// while no permit reveals it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { known, seed } from '../search/seeds.ts';
import { PROTOCOLS, type Protocol } from './agent.ts';
import { type Answered, type Json, refusalOf } from './answers.ts';
import { govern } from './governed.ts';
import { widely } from './widely.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'masking');
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const path = `/api/v1/namespaces/${namespace}/secrets`;
const SEEDED = [
  seed('masked'),
  `${seed('masked, in quotes')}"quoted"\n<b>`,
  `${seed('masked, long')}${'long-'.repeat(40_000)}`,
];
const SENTENCE = /^chaperone: hidden value [0-9a-f]{48}$/;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  data: { password: base64(value) },
});
/** The credential that the controllers put into the ServiceAccount's Secret. */
let accountToken = '';

beforeAll(async () => {
  const [plain = '', quoted = '', long = ''] = SEEDED;
  await ok(cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(secret('applied', plain)) }));
  const odd = { binary: Buffer.from([0, 1, 0xfe, 0xff]).toString('base64'), empty: '' };
  await create(
    cluster,
    secret('quoted', quoted),
    secret('long', long),
    { ...secret('odd', ''), data: odd, immutable: true },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: {
        name: 'account',
        namespace,
        annotations: { 'kubernetes.io/service-account.name': 'mighty' },
      },
    },
  );
  accountToken = await waitFor({
    what: 'the token of the ServiceAccount',
    timeoutMs: 10_000,
    probe: async () => {
      const args = ['get', 'secret', 'account', '-n', namespace, '-o', 'jsonpath={.data.token}'];
      const { stdout } = await cluster.kubectl(args);
      return stdout === '' ? undefined : Buffer.from(stdout, 'base64').toString();
    },
  });
  known('masked, signature of a token', accountToken.split('.')[2] ?? '');
});

/** Seeded values that stand in what the agent got, as they are or in base64, in JSON's escapes or not. */
function leaks(...outputs: readonly string[]): string[] {
  const hay = outputs.join('\n');
  return [...SEEDED, accountToken].flatMap((value) => {
    const forms = [
      value,
      JSON.stringify(value).slice(1, -1),
      base64(value),
      base64(base64(value)).slice(0, -8),
    ];
    return forms.some((form) => hay.includes(form)) ? [value.slice(0, 20)] : [];
  });
}

test('the search finds what is not masked', async () => {
  const raw = await ok(cluster.kubectl(['get', 'secrets', '-n', namespace, '-o', 'json']));
  expect(leaks(raw)).toHaveLength(4);
});

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const ADMIT_JSON = [
  'application/json',
  '*/*',
  `${PROTOBUF}, */*`,
  `${PROTOBUF},application/json`,
  'application/yaml, application/json;q=0.1',
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
  'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
];
const READS = [
  path,
  `${path}?limit=2`,
  `${path}?includeObject=Object`,
  `${path}?includeObject=None&pretty=1`,
  `${path}/applied`,
  `${path}/applied?includeObject=Object`,
  `${path}?fieldSelector=metadata.name%3Dapplied`,
  `${path}?watch=1&timeoutSeconds=1&includeObject=Object`,
  `${path}?watch=1&timeoutSeconds=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
  `/api/v1/watch/namespaces/${namespace}/secrets?timeoutSeconds=1`,
  `/api/v1/watch/namespaces/${namespace}/secrets/applied?timeoutSeconds=1`,
];

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test.concurrent.each(ADMIT_JSON)('no value is shown under Accept: %s', async (accept) => {
    const ask = (read: string) =>
      agent.call(protocol, { path: read, headers: { accept, 'accept-encoding': 'gzip' } });
    const answers = await Promise.all(READS.map(ask));
    for (const [at, answered] of answers.entries()) {
      const body = answered.body.toString();
      // A single object is not to be had as a list: then, and only then, the API server itself says 406.
      const ownRefusal = answered.status === 406 && answered.json().kind === 'Status';
      if (!ownRefusal) expect(answered, READS[at]).toMatchObject({ status: 200 });
      expect(answered.headers['content-type'], READS[at]).toMatch(/^application\/json/);
      expect(leaks(body), READS[at]).toEqual([]);
    }
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(3);
  });

  test.each([
    PROTOBUF,
    `${PROTOBUF};stream=watch`,
    'application/yaml',
    'application/cbor',
    'text/html',
    `${PROTOBUF};as=Table;v=v1;g=meta.k8s.io`,
  ])('is refused where no JSON is admitted: %s', async (accept) => {
    await governed.arrived();
    for (const read of [path, `${path}/applied`, `${path}?watch=1`]) {
      expect(refusalOf(await agent.call(protocol, { path: read, headers: { accept } }))).toBe(
        '406 NotAcceptable',
      );
    }
    expect(await governed.arrived()).toEqual([]);
  });

  test('what is not a value stays: names, types, keys, and one sentinel each', async () => {
    const { items } = (await agent.call(protocol, { path })).json();
    expect(items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      'account',
      'applied',
      'long',
      'odd',
      'quoted',
    ]);
    const values = items.flatMap((item: Json) => Object.values<string>(item.data));
    expect(new Set(values).size).toBe(8);
    for (const value of values) expect(atob(value)).toMatch(SENTENCE);
    // And one in the annotation of kubectl.
    expect(governed.ended.at(-1)).toMatchObject({ masked: values.length + 1 });
  });

  test('a watch shows each event masked, at once', async () => {
    const watch = await agent.stream(protocol, { path: `${path}?watch=1` });
    await watch.until(/"name":"quoted"/);
    const value = seed('masked, late');
    SEEDED.push(value);
    await create(cluster, secret(`late-${protocol}`, value));
    const text = await watch.until(new RegExp(`"name":"late-${protocol}"`));
    expect(leaks(text)).toEqual([]);
    watch.abort();
    await ok(cluster.kubectl(['delete', 'secret', `late-${protocol}`, '-n', namespace]));
  });
});

describe('of a watch and of pages', () => {
  const events = (text: string): Json[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const watched = async (protocol: Protocol, query: string) =>
    events((await agent.call(protocol, { path: `${path}?watch=1&${query}` })).body.toString());

  const INITIAL = 'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';

  test.concurrent.each(PROTOCOLS)(
    'initial events come masked, and the bookmark that ends them as it is, over %s',
    async (protocol) => {
      const shown = await watched(protocol, `${INITIAL}&timeoutSeconds=1`);
      const bookmark = shown.findIndex(({ type }) => type === 'BOOKMARK');
      expect(shown[bookmark].object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
      const added = shown.slice(0, bookmark);
      expect(added.map(({ type }) => type)).toEqual(added.map(() => 'ADDED'));
      for (const { object } of added)
        for (const value of Object.values<string>(object.data ?? {})) expect(atob(value)).toMatch(SENTENCE);
      expect(added.map(({ object }) => object.metadata.name)).toEqual(
        expect.arrayContaining(['applied', 'odd']),
      );
    },
  );

  test.concurrent.each(PROTOCOLS)('an ERROR comes as it is, over %s', async (protocol) => {
    expect(await watched(protocol, `${INITIAL}&resourceVersion=${10 ** 15}`)).toMatchObject([
      {
        type: 'ERROR',
        object: { kind: 'Status', code: 504, details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } },
      },
    ]);
  });

  test.concurrent.each(PROTOCOLS)(
    'every page of one is masked, and together they are all, over %s',
    async (protocol) => {
      const names: string[] = [];
      let next = '';
      do {
        const { metadata, items } = (
          await agent.call(protocol, { path: `${path}?limit=1&continue=${next}` })
        ).json();
        for (const { metadata, data } of items) {
          names.push(metadata.name);
          for (const value of Object.values<string>(data ?? {})) expect(atob(value)).toMatch(SENTENCE);
        }
        next = encodeURIComponent(metadata.continue ?? '');
      } while (next !== '');
      expect(names).toEqual(['account', 'applied', 'long', 'odd', 'quoted']);
    },
  );

  test.concurrent.each(PROTOCOLS)(
    'what is immutable, and values that are empty or no text, are shown like any other, over %s',
    async (protocol) => {
      const { immutable, data, type } = (await agent.call(protocol, { path: `${path}/odd` })).json();
      expect({ immutable, type, keys: Object.keys(data) }).toEqual({
        immutable: true,
        type: 'Opaque',
        keys: ['binary', 'empty'],
      });
      const shown = Object.values<string>(data);
      expect(new Set(shown.map((value) => value.length))).toEqual(new Set([96]));
      for (const value of shown) expect(atob(value)).toMatch(SENTENCE);
    },
  );
});

test.each([
  [['get', 'secrets']],
  [['get', 'secrets', '-o', 'wide', '--show-labels']],
  [['get', 'secrets', '-o', 'yaml', '--show-managed-fields']],
  [['get', 'secrets', '-o', 'json']],
  [['get', 'secret', 'applied', '-o', 'jsonpath={.data}{.metadata.annotations}']],
  [['get', 'secret', 'applied', '-o', 'go-template={{.data.password | base64decode}}']],
  [['describe', 'secrets']],
  [['get', 'secrets', '--watch', '-o', 'yaml', '--request-timeout=1s']],
  [['get', 'secrets', '--chunk-size=1', '-o', 'yaml']],
  [['get', '--raw', path]],
])('an unmodified kubectl %j works, and shows no value', async (args) => {
  const { stdout, stderr, code } = await cluster.kubectl(args, { kubeconfig: governed.kubeconfig });
  expect(leaks(stdout, stderr)).toEqual([]);
  if (!args.includes('--watch')) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/applied|password|hidden value/);
});

describe('under a Grant with reveal', () => {
  const rule: Rule = {
    namespaces: [namespace],
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: ['applied', 'account'],
    verbs: ['get'],
    reveal: true,
  };
  const entitle = () =>
    governed.entitle({ rules: widely(namespace), grants: [{ name: 'reveal', rule, remainingMs: 60_000 }] });
  const password = (answered: Answered) => atob(answered.json().data.password);

  test.each(PROTOCOLS)('the named Secret is shown as it is over %s, the others are not', async (protocol) => {
    entitle();
    const reveals = SEEDED.slice(0, 1);
    expect(password(await agent.call(protocol, { path: `${path}/applied`, reveals }))).toBe(SEEDED[0]);
    expect(password(await agent.call(protocol, { path: `${path}/quoted` }))).toContain('hidden value');
    expect(leaks((await agent.call(protocol, { path })).body.toString())).toEqual([]);
  });

  test.each(PROTOCOLS)('the token of a ServiceAccount stays hidden over %s', async (protocol) => {
    entitle();
    const answered = await agent.call(protocol, { path: `${path}/account` });
    expect(answered.status).toBe(200);
    expect(leaks(answered.body.toString())).toEqual([]);
    expect(answered.json()).toMatchObject({ type: 'kubernetes.io/service-account-token' });
  });
});
