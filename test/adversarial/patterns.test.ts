// What patterns hide, attacked through the answers to writes: no message quotes it, and no answer tells a right guess from a
// wrong one, in objects, in the names of fields, in what cannot be changed and in a Secret's own metadata.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { create } from '../cluster/pods.ts';
import { seed } from '../search/seeds.ts';
import { type Json, refusalOf } from './answers.ts';
import { direct } from './direct.ts';
import { govern } from './governed.ts';
import { widelyWithSecrets } from './widely.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'patterns-attacked');
const { agent, namespace } = governed;
const admin = direct(cluster, governed);
afterAll(() => {
  admin.close();
  return governed[Symbol.asyncDispose]();
});
governed.entitle({
  rules: widelyWithSecrets(namespace),
  masking: { wellKnown: true, patterns: [{ name: 'db', pattern: 'DB_PASSWORD=(?P<hide>.+)' }] },
});

const PASSWORD = seed('hidden for the name beside it');
// Of what is guessed a refusal repeats the agent's own words: these are not searched for.
const TOKEN = `${'gh'}p_${'QwErTyUiOpAsDfGhJkLzXcVbNm1234567890'}`;
const KEY = `AKI${'A'}${'QWERTYUIOPASDFGH'}`;
const NEAR = KEY.replace(/H$/, 'J');
const core = `/api/v1/namespaces/${namespace}`;
const env = [
  { name: 'A', value: 'a' },
  { name: 'DB_PASSWORD', value: PASSWORD },
  { name: 'N', value: 'x' },
];
const spec = { automountServiceAccountToken: false, containers: [{ name: 'web', image: 'none', env }] };
const named = (kind: string, name: string, more: object, apiVersion = 'v1') => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...more,
});

beforeAll(async () => {
  const labels = { a: 'd' };
  await create(
    cluster,
    named('Pod', 'p', { spec }),
    named(
      'Deployment',
      'd',
      { spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } } },
      'apps/v1',
    ),
    named('ConfigMap', 'c', { data: { DB_PASSWORD: PASSWORD, plain: 'x' } }),
    named('ConfigMap', 'i', { immutable: true, data: { DB_PASSWORD: PASSWORD, plain: 'x' } }),
    named('ConfigMap', 'k', { data: { [KEY]: 'v', plain: 'x' } }),
    named('ConfigMap', 'l', { data: { file: `DB_PASSWORD=${PASSWORD}\nz` } }),
    {
      ...named('Secret', 's', { data: { [TOKEN]: 'QQ==' } }),
      metadata: { name: 's', namespace, labels: { t: TOKEN }, annotations: { note: `token ${TOKEN}` } },
    },
  );
});

const [MERGE, JSON_PATCH, STRATEGIC] = ['merge-patch', 'json-patch', 'strategic-merge-patch'].map(
  (it) => `application/${it}+json`,
);
const patch = (by: typeof agent, path: string, type: string | undefined, body: unknown) =>
  by.call('h2', {
    method: 'PATCH',
    path,
    headers: { 'content-type': type ?? '' },
    body: JSON.stringify(body),
  });
const stored = async (path: string): Promise<Json> => (await admin.call('h2', { path })).json();

describe('an error says nothing of what is hidden', () => {
  const strict = '?dryRun=All&fieldValidation=Strict';
  const renamed = [{ op: 'replace', path: '/spec/containers/0/env/1/name', value: 'Q' }];
  test.each<[string, string, string | undefined, unknown]>([
    [
      'an unknown field of a Deployment',
      `/apis/apps/v1/namespaces/${namespace}/deployments/d${strict}`,
      MERGE,
      { spec: { foo: 1 } },
    ],
    ['an unknown field of a ConfigMap', `${core}/configmaps/c${strict}`, MERGE, { foo: 1 }],
    ['a wrong type', `${core}/configmaps/c`, MERGE, { data: { q: {} } }],
    [
      'a wrong type in an operation',
      `${core}/configmaps/c`,
      JSON_PATCH,
      [{ op: 'add', path: '/data/q', value: {} }],
    ],
    ['what a Pod cannot change, beside it', `${core}/pods/p?dryRun=All`, JSON_PATCH, renamed],
  ])('%s', async (_, path, type, body) => {
    const real = await patch(admin, path, type, body);
    expect([real.status, real.body.toString().includes(PASSWORD)], 'the API server quotes it').toEqual([
      422,
      true,
    ]);
    const said = await patch(agent, path, type, body);
    expect([said.status, said.body.toString().includes(PASSWORD)]).toEqual([
      path.includes('/pods/') ? 403 : 422,
      false,
    ]);
  });
});

describe('a right guess is answered like a wrong one', () => {
  const at = '/spec/containers/0/env';
  const moved = (path: string, guess: string) => [
    { op: 'add', path: '/metadata/annotations', value: { m: guess } },
    { op: 'move', from: '/metadata/annotations/m', path },
    { op: 'remove', path: '/metadata/annotations' },
  ];
  const inMetadata = (guess: string) => ({ metadata: { labels: { t: guess } } });
  const secret = `${core}/secrets/s`;
  const WAYS: Readonly<
    Record<
      string,
      [
        path: string,
        type: string | undefined,
        body: (guess: string) => unknown,
        right?: string,
        wrong?: string,
      ]
    >
  > = {
    'a fixed field': [
      `${core}/pods/p`,
      JSON_PATCH,
      (guess) => [{ op: 'replace', path: `${at}/1/value`, value: guess }],
    ],
    'a fixed field, under another index': [
      `${core}/pods/p`,
      JSON_PATCH,
      (guess) => [
        { op: 'add', path: `${at}/0`, value: { name: 'Z' } },
        { op: 'replace', path: `${at}/2/value`, value: guess },
        { op: 'remove', path: `${at}/0` },
      ],
    ],
    'a fixed field, moved onto': [`${core}/pods/p`, JSON_PATCH, (guess) => moved(`${at}/1/value`, guess)],
    'the name of what is beside it': [
      `/apis/apps/v1/namespaces/${namespace}/deployments/d?dryRun=All&fieldManager=guess`,
      JSON_PATCH,
      (guess) => [
        { op: 'replace', path: `/spec/template${at}/2/name`, value: 'DB_PASSWORD' },
        { op: 'replace', path: `/spec/template${at}/2/value`, value: guess },
        { op: 'remove', path: `/spec/template${at}/1` },
      ],
    ],
    'what is immutable, moved onto': [
      `${core}/configmaps/i`,
      JSON_PATCH,
      (guess) => moved('/data/DB_PASSWORD', guess),
    ],
    'removed and added': [
      `${core}/configmaps/c?dryRun=All`,
      JSON_PATCH,
      (guess) => [
        { op: 'remove', path: '/data/DB_PASSWORD' },
        { op: 'add', path: '/data/DB_PASSWORD', value: guess },
      ],
    ],
    'a strategic merge': [
      `${core}/pods/p`,
      STRATEGIC,
      (guess) => ({ spec: { containers: [{ name: 'web', env: [{ name: 'DB_PASSWORD', value: guess }] }] } }),
    ],
    "a field's name, removed": [
      `${core}/configmaps/k`,
      MERGE,
      (guess) => ({ data: { [guess]: null } }),
      KEY,
      NEAR,
    ],
    "a field's name, added": [
      `${core}/configmaps/k`,
      JSON_PATCH,
      (guess) => [{ op: 'add', path: `/data/${guess}`, value: 'v' }],
      KEY,
      NEAR,
    ],
    "a Secret's label": [`${secret}?dryRun=All`, MERGE, inMetadata, TOKEN, NEAR],
    "a Secret's note, tested": [
      secret,
      JSON_PATCH,
      (guess) => [{ op: 'test', path: '/metadata/annotations/note', value: `token ${guess}` }],
      TOKEN,
      NEAR,
    ],
    "a Secret's label, copied": [
      secret,
      JSON_PATCH,
      (guess) => [{ op: 'copy', from: '/metadata/labels/t', path: `/metadata/annotations/${guess}` }],
      'x',
      'y',
    ],
    "the name of a Secret's key": [
      secret,
      JSON_PATCH,
      (guess) => [{ op: 'remove', path: `/data/${guess}` }],
      TOKEN,
      NEAR,
    ],
  };
  test.each(Object.entries(WAYS))('%s', async (_, [path, type, body, right = PASSWORD, wrong = 'wrong']) => {
    const kept = async () => {
      const { metadata, spec, data } = await stored(path.replace(/\?.*/, ''));
      return [metadata.labels, metadata.annotations, spec?.containers, spec?.template, data];
    };
    const before = await kept();
    for (const guess of [wrong, right])
      expect(refusalOf(await patch(agent, path, type, body(guess)))).toMatch(
        /^403 Hidden(?:TextOverwritten|Carried)$/,
      );
    expect(await kept()).toEqual(before);
  });
});

test('a line that hides something does not change places with one that hides a guess', async () => {
  const path = `${core}/configmaps/l`;
  const lines = async (): Promise<string[]> =>
    (await agent.call('h2', { path })).json().data.file.split('\n');
  const put = (query: string, of: readonly (string | undefined)[]) =>
    patch(agent, `${path}${query}`, MERGE, { data: { file: of.join('\n') } });
  const added = ['wrong', PASSWORD].map((guess) => `DB_PASSWORD=${guess}`);
  expect((await put('', [...(await lines()), ...added])).status).toBe(200);
  const [own, z, wrong, right] = await lines();
  const dryRun = '?dryRun=All&fieldManager=guess';
  for (const order of [
    [wrong, z, own, right],
    [right, z, wrong, own],
  ])
    expect(refusalOf(await put(dryRun, order))).toBe('403 SentinelMisplaced');
  expect((await put(dryRun, [z, own, wrong, right])).status).toBe(200);
  for (const guess of added) {
    const set = [guess, own, z, wrong, right].join('\n');
    const tested = [own, guess, z, wrong, right].join('\n');
    const operations = [
      { op: 'replace', path: '/data/file', value: set },
      { op: 'test', path: '/data/file', value: tested },
    ];
    const answered = await patch(agent, `${path}${dryRun}`, JSON_PATCH, operations);
    expect(refusalOf(answered)).toBe('403 HiddenTextOverwritten');
  }
});

test('a Secret whose metadata hides something is written with it as it was shown', async () => {
  const path = `${core}/secrets/s`;
  const shown = (await agent.call('h2', { path })).json();
  expect(JSON.stringify(shown)).not.toContain(TOKEN);
  shown.metadata.labels.seen = 'yes';
  const headers = { 'content-type': 'application/json' };
  const put = await agent.call('h2', { method: 'PUT', path, headers, body: JSON.stringify(shown) });
  expect([put.status, put.body.toString().includes(TOKEN)]).toEqual([200, false]);
  const { metadata, data } = await stored(path);
  expect([metadata.labels, metadata.annotations, data]).toEqual([
    { t: TOKEN, seen: 'yes' },
    { note: `token ${TOKEN}` },
    { [TOKEN]: 'QQ==' },
  ]);
});
