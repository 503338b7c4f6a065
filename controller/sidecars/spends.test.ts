import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SpendResponse } from '../../wire/spend.ts';
import type { KubeObject } from '../kube/api.ts';
import { COUNT_LABEL, MAX_COUNTS, OVER_ANNOTATION } from './count-maps.ts';
import type { Ask } from './spend-lines.ts';
import { NOW_MS, type Store, storeOf } from './spends.fixture.ts';
import { keepSpends, type Spends } from './spends.ts';
import type { Workload } from './workload.ts';

const MAX = 3;
const budgets: Ask['budgets'] = [{ verbs: ['delete'], max: MAX, per: '10s' }];
const workload = (uid: string): Workload => ({ uid, text: `Deployment agents/${uid}` });
const asking = (auditId: string = randomUUID()): Ask => ({ auditId, verb: 'delete', budgets });
const replica = ({ kube }: Store) => keepSpends(kube, 'chaperone-system');
const spend = (by: Spends, uids: readonly string[], ask = asking()) =>
  by.spend('policy', uids.map(workload), ask);
const spent = (answers: readonly (SpendResponse | 'full')[]) =>
  answers.filter((answer) => answer !== 'full' && answer.kind === 'spent').length;

test.each([
  ['a pod of its own', [['pod']]],
  ['a Deployment with one ReplicaSet', [['set', 'deployment']]],
  [
    'a Deployment while it is rolled out',
    [
      ['old', 'deployment'],
      ['new', 'deployment'],
    ],
  ],
  ['a ReplicaSet while it is orphaned', [['set', 'deployment'], ['set']]],
])('%s spends no more than its budget, however two replicas race', async (_, shapes) => {
  for (let round = 0; round < 20; round += 1) {
    const store = storeOf();
    const replicas = [replica(store), replica(store)];
    const asks = shapes.flatMap((uids) =>
      replicas.flatMap((by) => Array.from({ length: 5 }, () => spend(by, uids))),
    );
    const answers = (await Promise.allSettled(asks)).flatMap((each) =>
      each.status === 'fulfilled' ? [each.value] : [],
    );
    expect(answers.length).toBeGreaterThan(MAX);
    expect(spent(answers)).toBeLessThanOrEqual(MAX);
    if (shapes.length === 1) expect(spent(answers)).toBe(MAX);
  }
});

test('an orphaned ReplicaSet goes on with the count of its Deployment, and so does who adopts it', async () => {
  const store = storeOf();
  const by = replica(store);
  for (let at = 0; at < MAX; at += 1) await spend(by, ['old', 'deployment']);
  expect(await spend(by, ['old'])).toMatchObject({ kind: 'exhausted' });
  expect(await spend(by, ['old', 'adopter'])).toMatchObject({ kind: 'exhausted' });
  expect(await spend(by, ['elsewhere'])).toEqual({ kind: 'spent' });
});

test('a lost answer does not spend twice, whichever replica is asked again', async () => {
  const store = storeOf();
  const [one, other] = [replica(store), replica(store)];
  const lost = asking();
  for (const by of [one, one, other]) expect(await spend(by, ['pod'], lost)).toEqual({ kind: 'spent' });
  expect(await Promise.all([spend(one, ['pod'], lost), spend(one, ['pod'], lost)])).toEqual([
    { kind: 'spent' },
    { kind: 'spent' },
  ]);
  const [map] = [...store.maps.values()];
  expect(map?.data).toEqual({ [lost.auditId]: '2030-01-01T00:00:00.000Z delete' });
});

test('calls that come together are one write, and without room none', async () => {
  const store = storeOf();
  const by = replica(store);
  await Promise.all(Array.from({ length: 50 }, () => spend(by, ['pod'])));
  expect(store.calls.filter((call) => /^(POST configmaps|PUT)/.test(call)).length).toBeLessThanOrEqual(2);
  const before = store.calls.length;
  await spend(by, ['pod']);
  expect(store.calls.slice(before)).toEqual([expect.stringMatching(/^GET/), 'POST selfsubjectreviews']);
});

test('who always loses is not counted, and no one after is held up', async () => {
  const store = storeOf();
  const by = replica(store);
  await spend(by, ['pod']);
  const [name = ''] = [...store.maps.keys()];
  store.meanwhile = () => {
    const object = store.maps.get(name) as KubeObject;
    (store.maps as Map<string, KubeObject>).set(name, {
      ...object,
      metadata: { ...object.metadata, resourceVersion: randomUUID() },
    });
  };
  await expect(spend(by, ['pod'])).rejects.toThrow('races');
  store.meanwhile = () => {};
  expect(await spend(by, ['pod'])).toEqual({ kind: 'spent' });
});

test('where as many workloads are counted as may be, another is not, and those go on', async () => {
  const of = (at: number) => ({ metadata: { name: `count-${at}`, labels: { [COUNT_LABEL]: 'policy' } } });
  const store = storeOf(
    Object.fromEntries(Array.from({ length: MAX_COUNTS - 1 }, (_, at) => [`${at}`, of(at)])),
  );
  const by = replica(store);
  expect(await spend(by, ['first'])).toEqual({ kind: 'spent' });
  expect(await spend(by, ['second'])).toBe('full');
  expect(store.maps.size).toBe(MAX_COUNTS);
  expect(await spend(by, ['first'])).toEqual({ kind: 'spent' });
});

test('a count goes when nothing in it counts any more, by the clock of the API server', async () => {
  const store = storeOf();
  const by = replica(store);
  await spend(by, ['pod']);
  const [map] = [...store.maps.values()];
  expect(map?.metadata).toMatchObject({
    labels: { [COUNT_LABEL]: 'policy' },
    annotations: { [OVER_ANNOTATION]: '2030-01-01T00:00:11.000Z' },
  });
  store.nowMs = NOW_MS + 10_999;
  await by.sweep();
  expect(store.maps.size).toBe(1);
  store.nowMs = NOW_MS + 11_000;
  await by.sweep();
  expect(store.maps.size).toBe(0);
});
