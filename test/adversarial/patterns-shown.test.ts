// What patterns hide for the name that a text has in its object, where the API server repeats it without that name: in the columns
// and selectors of a custom kind, in managedFields, and in which keys an object may not have twice.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { seed } from '../search/seeds.ts';
import { startKubectl } from '../streams/kubectls.ts';
import { type Json, refusalOf } from './answers.ts';
import { direct } from './direct.ts';
import { govern } from './governed.ts';
import { widelyWithSecrets } from './widely.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'patterns-shown');
const { agent, namespace, kubeconfig } = governed;
const admin = direct(cluster, governed);
const group = `${namespace}.chaperone.test`;
const definition = `gadgets.${group}`;
afterAll(async () => {
  admin.close();
  await cluster.kubectl(['delete', 'crd', definition, '--wait=false']);
  await governed[Symbol.asyncDispose]();
});
governed.entitle({
  rules: [
    ...widelyWithSecrets(namespace),
    {
      namespaces: [namespace],
      apiGroups: [group],
      resources: ['gadgets'],
      verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'deletecollection'],
    },
  ],
  masking: {
    patterns: [
      { name: 'pin', pattern: '(?i)pin=(?P<hide>.+)' },
      { name: 'word', pattern: 'word-[a-z]+' },
    ],
  },
});

const PIN = seed('a pin that a column prints');
const USER_PIN = seed("a pin that is a list's key");
/** Of what is guessed an answer may repeat the agent's own words: this is not searched for. */
const [RIGHT, WRONG] = ['word-right', 'word-wrong'];
const core = `/api/v1/namespaces/${namespace}`;
const gadgets = `/apis/${group}/v1/namespaces/${namespace}/gadgets`;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const KUBECTLS = `${TABLE},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`;

const pin = { type: 'string' };
const users = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['pin'],
  items: { type: 'object', required: ['pin'], properties: { pin, note: { type: 'string' } } },
};
const schema = { type: 'object', properties: { spec: { type: 'object', properties: { pin, users } } } };
const version = {
  name: 'v1',
  served: true,
  storage: true,
  selectableFields: [{ jsonPath: '.spec.pin' }],
  additionalPrinterColumns: [{ name: 'Pin', type: 'string', jsonPath: '.spec.pin' }],
  schema: { openAPIV3Schema: schema },
};
const gadget = (name: string) => ({
  apiVersion: `${group}/v1`,
  kind: 'Gadget',
  metadata: { name, namespace },
  spec: { pin: PIN, users: [{ pin: USER_PIN, note: 'n' }] },
});
const named = (kind: string, name: string, data: object) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
  data,
});

beforeAll(async () => {
  const names = { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' };
  await create(
    cluster,
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: definition },
      spec: { group, scope: 'Namespaced', names, versions: [version] },
    },
    named('ConfigMap', 'c', { [RIGHT]: 'v', open: 'x' }),
    named('Secret', 's', { [RIGHT]: 'QQ==', open: 'QQ==' }),
  );
  await ok(cluster.kubectl(['wait', '--for=condition=Established', `crd/${definition}`]));
  // Established says nothing of what discovery has already.
  await waitFor({
    what: 'a gadget to be created',
    timeoutMs: 20_000,
    probe: () => create(cluster, gadget('g')).catch(() => undefined),
  });
});

const ask = (path: string, accept = KUBECTLS) => agent.call('h2', { path, headers: { accept } });
const write = (method: string, path: string, type: string, body: unknown) =>
  agent.call('h2', { method, path, headers: { 'content-type': type }, body: JSON.stringify(body) });
const leaks = (text: string) => [PIN, USER_PIN].filter((value) => text.includes(value));

describe('of a custom kind', () => {
  test('no column is printed, and what is the key of a list is hidden wherever it is repeated', async () => {
    const table = await admin.call('h2', { path: gadgets, headers: { accept: KUBECTLS } });
    expect(table.json().rows[0].cells, 'the API server prints it').toEqual(['g', PIN]);
    expect(leaks(table.body.toString())).toEqual([PIN, USER_PIN]);
    const list = await ask(gadgets);
    expect([list.status, list.json().kind, leaks(list.body.toString())]).toEqual([200, 'GadgetList', []]);
    const one = await ask(`${gadgets}/g`);
    expect([one.json().kind, leaks(one.body.toString())]).toEqual(['Gadget', []]);
    expect(JSON.stringify(one.json().metadata.managedFields)).toMatch(/k:\{\\"pin\\":\\"chaperone: hidden/);
    const watch = await agent.stream('h2', { path: `${gadgets}?watch=true`, headers: { accept: KUBECTLS } });
    expect(leaks(await watch.until(/"ADDED"[^\n]*\n/))).toEqual([]);
    watch.abort();
    expect(refusalOf(await ask(gadgets, TABLE))).toBe('406 NotAcceptable');
    expect((await ask(`${core}/configmaps`, TABLE)).json().kind).toBe('Table');
  });

  test('kubectl prints names and ages, of a watch too', async () => {
    const get = (...args: string[]) => ok(cluster.kubectl(['get', ...args, '-n', namespace], { kubeconfig }));
    const printed = /^NAME +AGE\ng +\d+s\n/;
    expect(await get(definition)).toMatch(printed);
    expect(leaks(await get(definition, '-o', 'wide', '--show-managed-fields'))).toEqual([]);
    expect(await get('configmaps')).toMatch(/^NAME +DATA +AGE\n/);
    const by = { name: 'watching', program: cluster.programs.kubectl, env: {} };
    using watch = startKubectl(by, { args: ['get', definition, '-w', '-n', namespace], kubeconfig });
    await watch.says(printed);
    await ok(cluster.kubectl(['label', definition, 'g', 'seen=yes', '-n', namespace]));
    const { text } = await watch.says(/AGE\n(?:g +\d+s\n){2}/);
    expect(leaks(text)).toEqual([]);
  });

  test('no field is selected by but its name', async () => {
    const by = (selector: string) => `${gadgets}?fieldSelector=${encodeURIComponent(selector)}`;
    const real = await admin.call('h2', { path: by('spec.pin=wrong') });
    expect([real.status, real.json().items], 'the API server would tell').toEqual([200, []]);
    for (const selector of ['spec.pin=wrong', 'metadata.name=g,spec.pin!=wrong'])
      expect(refusalOf(await ask(by(selector)))).toBe('403 HiddenSelected');
    const gone = await agent.call('h2', { method: 'DELETE', path: by('spec.pin=wrong') });
    expect(refusalOf(gone)).toBe('403 HiddenSelected');
    expect((await ask(by('metadata.name=g'))).json().items).toHaveLength(1);
  });

  test('it is written as it was shown', async () => {
    const shown = (await ask(`${gadgets}/g`)).json();
    shown.metadata.labels = { written: 'yes' };
    const put = await write('PUT', `${gadgets}/g`, 'application/json', shown);
    expect([put.status, leaks(put.body.toString())]).toEqual([200, []]);
    const { metadata, spec } = (await admin.call('h2', { path: `${gadgets}/g` })).json() as Json;
    expect([metadata.labels, spec]).toEqual([{ written: 'yes' }, gadget('g').spec]);
    expect(JSON.stringify(metadata.managedFields)).toContain(USER_PIN);
  });
});

describe('a key of a name space in which one is hidden', () => {
  const merge = 'application/merge-patch+json';
  const apply = 'application/apply-patch+yaml';
  const operations = 'application/json-patch+json';
  const cases: [string, string, string, (guess: string) => object][] = [
    ['ConfigMap', 'configmaps/c', merge, (guess) => ({ binaryData: { [guess]: '' } })],
    [
      'ConfigMap',
      'configmaps/c',
      operations,
      (guess) => [{ op: 'add', path: '/binaryData', value: { [guess]: '' } }],
    ],
    [
      'ConfigMap',
      'configmaps/c',
      apply,
      (guess) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c' },
        binaryData: { [guess]: '' },
      }),
    ],
    ['Secret', 'secrets/s', merge, (guess) => ({ stringData: { [guess]: 'x' } })],
    [
      'Secret',
      'secrets/s',
      operations,
      (guess) => [{ op: 'test', path: `/stringData/${guess}`, value: 'x' }],
    ],
  ];
  test.each(cases)('of a %s is not guessed by setting it beside: %s, %s', async (_, path, type, body) => {
    for (const query of ['?dryRun=All&fieldManager=me&force=true', '?fieldManager=me&force=true'])
      for (const guess of [WRONG, RIGHT]) {
        const asked = type === apply ? query : query.replace('&force=true', '');
        const answered = await write('PATCH', `${core}/${path}${asked}`, type, body(guess));
        expect(refusalOf(answered)).toBe('403 HiddenTextOverwritten');
      }
    const stored = (await admin.call('h2', { path: `${core}/${path}` })).json();
    expect([Object.keys(stored.data), stored.binaryData]).toEqual([['open', RIGHT], undefined]);
  });
});
