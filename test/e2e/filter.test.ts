// A rule with filter, before the real API server: whatever the form, the page and the protocol, a list or watch shows the
// named objects as the API server shows them, and tells of no other.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import { PROTOCOLS, type Protocol } from '../adversarial/agent.ts';
import { type Json, refusalOf, type Streamed } from '../adversarial/answers.ts';
import type { Entitled } from '../adversarial/governed.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create } from '../cluster/pods.ts';
import { seed } from '../search/seeds.ts';
import { bothWays } from './invisible.ts';

const cluster = await suiteCluster();
const ways = await bothWays(cluster, 'filter');
const { governed, direct, through, namespace } = ways;
afterAll(() => ways[Symbol.asyncDispose]());

const core = `/api/v1/namespaces/${namespace}`;
const path = `${core}/configmaps`;
/** More than two pages, with a named one in each, and one after the last. */
const ALL = Array.from({ length: 1001 }, (_, at) => `hidden-${String(at).padStart(4, '0')}`);
const NAMED = ['hidden-0100', 'hidden-0700', 'web'];
const only = (names: string[], resources = ['configmaps']): Rule => ({
  namespaces: [namespace],
  apiGroups: [''],
  resources,
  resourceNames: names,
  verbs: ['get', 'list', 'watch'],
  filter: true,
});
const show = (names: string[], rest: Partial<Entitled> = {}) =>
  governed.entitle({ rules: [only(names, ['configmaps', 'secrets'])], ...rest });

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, annotations: { of: name } },
  data: { key: name },
});
const send = (method: string, to: string, body?: object) =>
  direct.call('h2', {
    method,
    path: to,
    headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const touch = (name: string) =>
  send('PATCH', `${path}/${name}`, { data: { touched: `${performance.now()}` } });

beforeAll(async () => {
  const made = await Promise.all([...ALL, 'web'].map((name) => send('POST', path, configMap(name))));
  expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
  const secret = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData: { password: `SEEDED-${seed(`filtered, ${name}`)}` },
  });
  await create(cluster, ...[...NAMED, 'vault'].map(secret));
  show(NAMED);
});

/** Objects that are not shown, and stand in a text all the same: plain, or in base64 as in a continue. */
function told(text: string): string[] {
  const tokens = text.match(/[A-Za-z0-9_-]{40,}/g) ?? [];
  const hay = [text, ...tokens.map((token) => Buffer.from(token, 'base64url').toString('latin1'))].join('\n');
  return [...new Set(hay.match(/hidden-\d{4}|vault|kube-root-ca\.crt/g))].filter(
    (name) => !NAMED.includes(name),
  );
}

const nameOf = (item: Json): string => item.metadata?.name ?? item.cells?.[0];
const named = (items: readonly Json[]) => items.filter((item) => NAMED.includes(nameOf(item)));
/** What of a direct answer may be shown. Ages go on while it is looked at. */
function expected({ metadata, items, rows, ...rest }: Json): Json {
  const { continue: _, remainingItemCount: __, resourceVersion: ___, ...kept } = metadata;
  const ageless = (row: Json) => ({ ...row, cells: row.cells.slice(0, -1) });
  return {
    ...rest,
    metadata: kept,
    ...(items && { items: named(items) }),
    ...(rows && { rows: named(rows).map(ageless) }),
  };
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const PARTIAL = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const FORMS: [accept: string, query: string][] = [
  ['application/json', ''],
  [`${PROTOBUF}, */*`, 'resourceVersion=0'],
  [TABLE, ''],
  [TABLE, 'includeObject=Object'],
  [TABLE, 'includeObject=None'],
  [TABLE, 'includeObject=Metadata&limit=600'],
  [PARTIAL, 'limit=800'],
];

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test('a list is in every form the same list of fewer', async () => {
    for (const [accept, query] of FORMS) {
      const ask = { path: `${path}?${query}`, headers: { accept, 'accept-encoding': 'gzip' } };
      const json = { ...ask, headers: { accept: accept.replace(`${PROTOBUF}, */*`, 'application/json') } };
      const [answered, plain] = await Promise.all([through.call(protocol, ask), direct.call(protocol, json)]);
      expect(answered.status, query).toBe(200);
      expect(expected(answered.json()), query).toEqual(expected(plain.json()));
      expect(told(answered.body.toString()), query).toEqual([]);
      expect(answered.json().metadata.remainingItemCount).toBeUndefined();
    }
  });

  test('pages are followed to the end by hand, and none tells what it left out', async () => {
    const names: string[] = [];
    let pages = 0;
    let token = '';
    do {
      const query = `limit=1${token && `&continue=${token}`}`;
      const answered = await through.call(protocol, { path: `${path}?${query}` });
      expect(told(answered.body.toString())).toEqual([]);
      const { items, metadata } = answered.json();
      names.push(...items.map(nameOf));
      token = metadata.continue ?? '';
      pages += 1;
    } while (token !== '');
    expect(names).toEqual(NAMED);
    expect(pages).toBe(3);
  });

  test('a list of any version is paged too, and a limit may be as large as it can', async () => {
    const paged = await through.call(protocol, { path: `${path}?limit=600&resourceVersion=0` });
    expect(paged.json().items.map(nameOf)).toEqual(['hidden-0100']);
    expect(paged.json().metadata.continue).toBeDefined();
    const whole = await through.call(protocol, { path: `${path}?limit=9223372036854775807` });
    expect([whole.status, whole.json().items?.map(nameOf)]).toEqual([200, NAMED]);
  });

  test('a continue that is not of this list expires, and reaches nobody', async () => {
    const { metadata } = (await through.call(protocol, { path: `${path}?limit=1` })).json();
    const plain = (await direct.call(protocol, { path: `${path}?limit=1` })).json().metadata.continue;
    const changed = `${metadata.continue.slice(0, 80)}${metadata.continue[80] === 'A' ? 'B' : 'A'}${metadata.continue.slice(81)}`;
    await governed.arrived();
    for (const foreign of [
      `${path}?limit=1&continue=${plain}`,
      `${path}?limit=1&continue=${changed}`,
      `${core}/secrets?limit=1&continue=${metadata.continue}`,
    ]) {
      const answered = await through.call(protocol, { path: foreign });
      expect(refusalOf(answered)).toBe('410 ContinueUnknown');
      expect(answered.json().reason).toBe('Expired');
    }
    expect(await governed.arrived()).toEqual([]);
  });

  test('Secrets are filtered and masked', async () => {
    for (const accept of ['application/json', TABLE]) {
      const answered = await through.call(protocol, { path: `${core}/secrets`, headers: { accept } });
      const { items, rows } = answered.json();
      expect((items ?? rows).map(nameOf)).toEqual(NAMED);
      const text = answered.body.toString();
      expect([...told(text), text.match(/SEEDED|U0VFREVE/)].filter((found) => found !== null)).toEqual([]);
    }
  });

  test('what admits no JSON is refused, a HEAD has no length, and what the API server refuses is its own word', async () => {
    const protobuf = await through.call(protocol, { path, headers: { accept: PROTOBUF } });
    expect(refusalOf(protobuf)).toBe('406 NotAcceptable');
    const head = await through.call(protocol, { method: 'HEAD', path });
    expect(head.headers['content-length']).toBeUndefined();
    const bad = { path: `${path}?fieldSelector=data.key%3Dx` };
    const [own, theirs] = [await through.call(protocol, bad), await direct.call(protocol, bad)];
    expect(own.status).toBe(400);
    expect(own.json()).toEqual(theirs.json());
  });
});

test('of one name the API server itself shows no more: its answer passes as it is, in protobuf too', async () => {
  show(['web']);
  const accept = { headers: { accept: PROTOBUF } };
  await governed.arrived();
  const answered = await through.call('h2', { path: `${path}?limit=1`, ...accept });
  expect(answered.headers['content-type']).toContain('protobuf');
  expect(answered.body.toString('latin1')).toContain('web');
  expect(told(answered.body.toString('latin1'))).toEqual([]);
  const [event] = await governed.arrived();
  expect(decodeURIComponent(event?.requestURI ?? '')).toBe(`${path}?limit=1&fieldSelector=metadata.name=web`);
  const { items, metadata } = (await through.call('h2', { path: `${path}?limit=1` })).json();
  expect([items.map(nameOf), metadata.continue]).toEqual([['web'], undefined]);
  const plain = (await direct.call('h2', { path: `${path}?limit=1` })).json().metadata.continue;
  expect(refusalOf(await through.call('h2', { path: `${path}?continue=${plain}` }))).toBe(
    '410 ContinueUnknown',
  );
  const watch = await through.stream('h2', { path: `${path}?watch=1`, ...accept });
  await watch.until(/web/);
  await touch('hidden-0002');
  await touch('web');
  await watch.until(/touched/);
  watch.abort();
  expect(told(watch.text())).toEqual([]);
  show(NAMED);
});

describe('an unmodified kubectl', () => {
  const kubectl = (...args: string[]) => cluster.kubectl(args, { kubeconfig: governed.kubeconfig });
  test.each([
    [['get', 'configmaps', '--no-headers', '-o', 'custom-columns=N:.metadata.name']],
    [['get', 'configmaps', '--chunk-size=1', '-o', 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}']],
    [['get', 'configmaps', '--sort-by=.metadata.name', '--no-headers']],
    [['get', 'configmaps', '--no-headers']],
    [['get', 'configmaps', '-o', 'name', '--chunk-size=0']],
    [['get', 'secrets', '--no-headers']],
  ])('%j prints the named objects', async (args) => {
    const { stdout, stderr, code } = await kubectl(...args);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s/)[0]?.replace('configmap/', ''));
    expect(names).toEqual(NAMED);
  });

  test('watches with headings, though the first event is not shown', async () => {
    let over = false;
    const watching = kubectl('get', 'configmaps', '--watch-only', '--request-timeout=1s').finally(() => {
      over = true;
    });
    while (!over) for (const name of ['hidden-0001', 'web', 'hidden-0002']) await touch(name);
    const [head, ...lines] = (await watching).stdout.trim().split('\n');
    expect(head).toMatch(/^NAME +DATA +AGE/);
    expect(new Set(lines.map((line) => line.split(/\s/)[0]))).toEqual(new Set(['web']));
  });
});

describe('a watch', () => {
  const events = (watch: Streamed): Json[] =>
    watch
      .text()
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const changes = (watch: Streamed) =>
    events(watch).map(({ type, object }) => `${type} ${nameOf(object.rows?.[0]?.object ?? object)}`);
  const open = (protocol: Protocol, target: string, headers = {}) =>
    through.stream(protocol, { path: target, headers });

  test.each(PROTOCOLS)('shows what happens to the named objects alone, over %s', async (protocol) => {
    const { metadata } = (await through.call(protocol, { path })).json();
    const watches = await Promise.all([
      open(protocol, `${path}?watch=1&resourceVersion=${metadata.resourceVersion}`),
      open(
        protocol,
        `/api/v1/watch/namespaces/${namespace}/configmaps?resourceVersion=${metadata.resourceVersion}`,
      ),
      open(protocol, `${path}?watch=1&resourceVersion=${metadata.resourceVersion}`, { accept: TABLE }),
    ]);
    await touch('hidden-0001');
    await touch('hidden-0700');
    await send('DELETE', `${path}/web`);
    await touch('hidden-0002');
    await send('POST', path, configMap('web'));
    for (const watch of watches) {
      await watch.until(/"type":"ADDED"/);
      watch.abort();
      expect(changes(watch)).toEqual(['MODIFIED hidden-0700', 'DELETED web', 'ADDED web']);
      expect(told(watch.text())).toEqual([]);
    }
    const columns = events(watches[2] as Streamed).map(({ object }) => object.columnDefinitions?.length ?? 0);
    expect(columns).toEqual([3, 0, 0]);
  });

  test('that lists first says where its list ends', async () => {
    const initial =
      'watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
    for (const [accept, query] of [
      ['application/json', ''],
      [TABLE, '&includeObject=None'],
    ]) {
      const watch = await open('h2', `${path}?${initial}${query}`, { accept });
      await watch.until(/initial-events-end/);
      watch.abort();
      const types = events(watch).map(({ type }) => type);
      expect(types).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
      expect(told(watch.text())).toEqual([]);
    }
  });

  test('is cut when a Grant ends that showed more, and goes on where it shows as much', async () => {
    const standing = { rules: [only(['web', 'hidden-0100'])] };
    governed.entitle(standing);
    const before = await open('h2', `${path}?watch=1`);
    await before.until(/"name":"web"/);
    governed.entitle({
      ...standing,
      grants: [{ name: 'more', rule: only(['hidden-0700']), remainingMs: 700 }],
    });
    const during = await open('h2', `${path}?watch=1`);
    expect((await during.end).how).toBe('complete');
    const shown = changes(during);
    expect(shown.slice(0, 3)).toEqual(NAMED.map((name) => `ADDED ${name}`));
    expect(events(during).at(-1)).toMatchObject({
      type: 'ERROR',
      object: { code: 403, details: { causes: [{ reason: 'FilterNarrowed' }, {}, {}] } },
    });
    await touch('hidden-0700');
    await touch('web');
    await before.until(/MODIFIED/);
    before.abort();
    expect(changes(before)).toEqual(['ADDED hidden-0100', 'ADDED web', 'MODIFIED web']);
    show(NAMED);
  });
});
