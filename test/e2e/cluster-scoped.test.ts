// Lists and watches across all namespaces, before the real API server: of what lies in none they are answered as they are
// without chaperone; of what lies in some, chaperone's own namespace stays out, whatever a rule takes the kind for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import { PROTOCOLS } from '../adversarial/agent.ts';
import { type Json, refusalOf } from '../adversarial/answers.ts';
import type { Entitled } from '../adversarial/governed.ts';
import { freshNamespace, suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { bothWays } from './invisible.ts';
import { defineWidgets } from './kubectl-widgets.ts';

const cluster = await suiteCluster();
const ways = await bothWays(cluster, 'scope');
const { governed, direct, through, namespace } = ways;
/** Stands for chaperone's own. */
const system = await freshNamespace(cluster, 'scope-system');
const spaced = await defineWidgets(cluster, namespace);
const unspaced = await defineWidgets(cluster, `all-${namespace}`, 'Cluster');
afterAll(async () => {
  await Promise.all([spaced, unspaced, system].map((each) => each[Symbol.asyncDispose]()));
  await ways[Symbol.asyncDispose]();
});

const SPACED = `/apis/${spaced.group}/v1/widgets`;
const UNSPACED = `/apis/${unspaced.group}/v1/widgets`;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const READS: Rule['verbs'] = ['get', 'list', 'watch'];
const rule = (apiGroup: string, resources: string[], rest: object = {}): Rule =>
  ({ clusterScoped: true, apiGroups: [apiGroup], resources, verbs: READS, ...rest }) as Rule;
const entitle = (rules: Rule[], rest: Partial<Entitled> = {}) =>
  governed.entitle({ rules, systemNamespace: system.name, ...rest });

/** What no rule names is let through. */
const observe = () => entitle([rule('not.installed', ['widgets'])], { mode: 'Observe' });

const widget = (group: string, name: string, where?: string) => ({
  apiVersion: `${group}/v1`,
  kind: 'Widget',
  metadata: { name, ...(where && { namespace: where }) },
  spec: { size: 1 },
});

beforeAll(async () => {
  const own = ['aaa', 'inner', 'zzz'].map((name) => widget(spaced.group, name, system.name));
  const others = ['aaa', 'web'].map((name) => widget(spaced.group, name, namespace));
  await create(cluster, ...own, ...others, ...['db', 'web'].map((name) => widget(unspaced.group, name)));
});

const itemsOf = (body: Json): Json[] => body.items ?? body.rows.map(({ object }: Json) => object);
const namesOf = (body: Json): string[] => itemsOf(body).map(({ metadata }) => metadata.name);
const selecting = (name: string) => `fieldSelector=metadata.name%3D${name}`;
async function watched(path: string, shows: RegExp): Promise<string> {
  const watch = await through.stream('h2', { path });
  expect(watch.status, path).toBe(200);
  const text = await watch.until(shows);
  watch.abort();
  return text;
}

describe.each([
  ['', 'nodes', await ok(cluster.kubectl(['get', 'nodes', '-o', 'name']))],
  ['', 'namespaces', `namespace/default\nnamespace/${namespace}`],
  ['', 'persistentvolumes', ''],
  ['certificates.k8s.io', 'certificatesigningrequests', ''],
  ['resource.k8s.io', 'resourceslices', ''],
])('%s %s', (group, resource, found) => {
  const [first = 'none', second = 'more'] = found.split('\n').map((line) => line.split('/')[1]);
  const path = `/${group === '' ? 'api' : `apis/${group}`}/v1/${resource}`;
  const legacy = path.replace('/v1/', '/v1/watch/');

  test('is listed and watched by name, under filter too', async () => {
    const expected = (await direct.call('h2', { path: `${path}?${selecting(first)}` })).json();
    for (const filter of [undefined, true] as const) {
      entitle([rule(group, [resource], { resourceNames: [first], ...(filter && { filter }) })]);
      for (const query of [selecting(first), ...(filter ? ['limit=1'] : [])]) {
        const answered = await through.call('h2', { path: `${path}?${query}` });
        expect([query, answered.status]).toEqual([query, 200]);
        expect(namesOf(answered.json())).toEqual(namesOf(expected));
      }
      const shows = found === '' ? /^/ : new RegExp(`"name":"${first}"`);
      await watched(`${path}?watch=1&${selecting(first)}`, shows);
      await watched(`${legacy}/${first}`, shows);
      if (filter) await watched(`${path}?watch=1`, shows);
    }
  });

  test('shows several of it', async () => {
    entitle([rule(group, [resource], { resourceNames: [first, second], filter: true })]);
    const all = namesOf((await direct.call('h2', { path })).json());
    const answered = await through.call('h2', { path });
    expect(answered.status).toBe(200);
    expect(namesOf(answered.json())).toEqual(all.filter((name) => name === first || name === second));
    await watched(`${path}?watch=1`, found === '' ? /^/ : new RegExp(`"name":"${first}"`));
  });
});

describe.each([
  ['under a rule', () => entitle([rule(unspaced.group, ['widgets'])])],
  ['under a policy that observes', () => observe()],
])('a custom kind that lies in no namespace, %s', (_, given) => {
  beforeAll(given);

  test.each(PROTOCOLS)('is listed as without chaperone, over %s', async (protocol) => {
    for (const accept of ['application/json', TABLE])
      for (const query of ['', 'resourceVersion=0', 'includeObject=None', selecting('web')]) {
        const answers = await ways.both(protocol, { path: `${UNSPACED}?${query}`, headers: { accept } });
        expect(answers.through.status).toBe(200);
        expect(answers.through.body.trimEnd()).toBe(answers.direct.body.trimEnd());
      }
  });

  test('is paged as it was asked, and watched', async () => {
    const page = (await through.call('h2', { path: `${UNSPACED}?limit=1&resourceVersion=0` })).json();
    expect(namesOf(page)).toEqual(['db']);
    const next = `${UNSPACED}?limit=1&continue=${page.metadata.continue}`;
    expect(namesOf((await through.call('h2', { path: next })).json())).toEqual(['web']);
    await watched(`${UNSPACED}?watch=1`, /"name":"db".*\n.*"name":"web"/);
    await watched(UNSPACED.replace('/v1/', '/v1/watch/').concat('/web'), /"name":"web"/);
  });
});

test('of a custom kind that lies in none, only some are shown where a rule says so', async () => {
  for (const names of [['web'], ['web', 'none']]) {
    entitle([rule(unspaced.group, ['widgets'], { resourceNames: names, filter: true })]);
    expect(namesOf((await through.call('h2', { path: UNSPACED })).json())).toEqual(['web']);
    expect(await watched(`${UNSPACED}?watch=1`, /"web"/)).not.toContain('"db"');
  }
});

test('built-in kinds of no namespace are listed under a policy that observes', async () => {
  observe();
  for (const path of ['/apis/storage.k8s.io/v1/storageclasses', '/apis/node.k8s.io/v1/runtimeclasses']) {
    const answered = await through.call('h2', { path });
    expect([path, answered.status]).toEqual([path, 200]);
  }
});

const { clusterScoped: _, ...anywhere } = rule(spaced.group, ['widgets']);
describe.each([
  ['that a rule gives everywhere', () => entitle([{ ...anywhere, allNamespaces: true } as Rule])],
  ['that a rule takes for one of none', () => entitle([rule(spaced.group, ['widgets'])])],
  ['under a policy that observes', () => observe()],
])('a custom kind that lies in namespaces, %s', (_, given) => {
  beforeAll(given);
  /** A continue holds the key of an object. */
  const tells = (text: string) =>
    [
      text,
      ...(text.match(/[\w-]{40,}/g) ?? []).map((token) => Buffer.from(token, 'base64url').toString()),
    ].some((each) => each.includes(system.name) || /inner|zzz/.test(each));

  test.each(['application/json', TABLE])('is listed without those of chaperone, as %s', async (accept) => {
    for (const query of [
      '',
      selecting('aaa'),
      'resourceVersion=0',
      'includeObject=None',
      selecting('inner'),
    ]) {
      const answered = await through.call('h2', { path: `${SPACED}?${query}`, headers: { accept } });
      const shown = { [selecting('aaa')]: 1, [selecting('inner')]: 0 }[query] ?? 2;
      const { items, rows } = answered.json();
      expect([query, answered.status, (items ?? rows).length]).toEqual([query, 200, shown]);
      expect([query, tells(answered.body.toString())]).toEqual([query, false]);
    }
  });

  test('is paged without a word of them', async () => {
    const names: string[] = [];
    let token = '';
    do {
      const answered = await through.call('h2', { path: `${SPACED}?limit=1&continue=${token}` });
      expect(tells(answered.body.toString())).toBe(false);
      names.push(...namesOf(answered.json()));
      token = answered.json().metadata.continue ?? '';
    } while (token !== '');
    expect(names).toEqual(['aaa', 'web']);
  });

  test('is watched without them, also one by its name in the path', async () => {
    const touch = (where: string) =>
      direct.call('h2', {
        method: 'PATCH',
        path: `/apis/${spaced.group}/v1/namespaces/${where}/widgets/aaa`,
        headers: { 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify({ spec: { size: Math.floor(performance.now()) } }),
      });
    for (const path of [`${SPACED}?watch=1`, `${SPACED.replace('/v1/', '/v1/watch/')}/aaa`]) {
      const watch = await through.stream('h2', { path });
      expect([path, watch.status]).toEqual([path, 200]);
      await watch.until(/"aaa"/);
      await touch(system.name);
      await touch(namespace);
      await watch.until(/MODIFIED/);
      watch.abort();
      expect([path, tells(watch.text())]).toEqual([path, false]);
    }
  });
});

test('a kind that is not installed is not found, in the API server’s terms', async () => {
  entitle([rule('not.installed', ['widgets'])]);
  const answered = await through.call('h2', { path: '/apis/not.installed/v1/widgets' });
  expect(refusalOf(answered)).toBe('404 NotServed');
  expect(answered.json().reason).toBe('NotFound');
});
