import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
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
const replica = ({ kube }: Store, withinMs?: number) => keepSpends(kube, 'chaperone-system', withinMs);
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
])('%s spends its budget and no more, however two replicas race', async (_, shapes) => {
  for (let round = 0; round < 20; round += 1) {
    const store = storeOf();
    store.latencyMs = round % 4;
    const replicas = [replica(store), replica(store)];
    const asks = shapes.flatMap((uids) =>
      replicas.flatMap((by) => Array.from({ length: 5 }, () => spend(by, uids))),
    );
    expect(spent(await Promise.all(asks))).toBe(MAX);
  }
});

test.each([2, 5])(
  'of %i ReplicaSets that call on and on no call is refused falsely, or counted without being made',
  async (sets) => {
    const store = storeOf();
    store.latencyMs = 3;
    const wide: Ask['budgets'] = [{ verbs: ['delete'], max: 1000, per: '1h' }];
    const calls = [replica(store), replica(store)].flatMap((by) =>
      Array.from({ length: 4 * sets }, async (_, nth) => {
        const uids = [`set-${nth % sets}`, 'deployment'];
        const ids = Array.from({ length: 30 / sets }, () => randomUUID());
        for (const id of ids)
          expect(await spend(by, uids, { ...asking(id), budgets: wide })).toEqual({ kind: 'spent' });
        return ids;
      }),
    );
    const made = (await Promise.all(calls)).flat().toSorted();
    const held = (of: string) =>
      [...store.maps.values()].flatMap(({ metadata, data }) =>
        metadata.annotations?.['chaperone.dev/workload']?.includes(of) ? Object.keys(data as object) : [],
      );
    expect(held('deployment').toSorted()).toEqual(made);
    expect(held('set-').toSorted()).toEqual(made);
  },
);

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

test('in one replica the ReplicaSets of a Deployment do not race each other', async () => {
  const store = storeOf();
  store.latencyMs = 3;
  const by = replica(store);
  await Promise.all(Array.from({ length: MAX }, (_, at) => spend(by, [`set-${at}`, 'deployment'])));
  expect(store.calls.filter((call) => /^(POST configmaps|PUT)/.test(call))).toHaveLength(2 * MAX);
});

test('who always loses is not counted when its sidecar waits no longer, and no one after is held up', async () => {
  const store = storeOf();
  const by = replica(store, 100);
  const uids = ['set', 'deployment'];
  await spend(by, uids);
  const deployment = [...store.maps.values()].find(
    ({ metadata }) => metadata.annotations?.['chaperone.dev/workload'] === 'Deployment agents/deployment',
  ) as KubeObject;
  store.meanwhile = () => {
    const metadata = { ...deployment.metadata, resourceVersion: randomUUID() };
    store.maps.set(metadata.name, { ...deployment, metadata });
  };
  const beganMs = performance.now();
  const lost = asking();
  await expect(spend(by, uids, lost)).rejects.toThrow('lost to other replicas');
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(100);
  for (const { data } of store.maps.values()) expect(data).not.toHaveProperty(lost.auditId);
  store.meanwhile = () => {};
  expect(await spend(by, uids)).toEqual({ kind: 'spent' });
});

/** A store with this many counts of the policy. */
const holding = (counts: number): Store => {
  const of = (at: number) => ({ metadata: { name: `count-${at}`, labels: { [COUNT_LABEL]: 'policy' } } });
  return storeOf(Object.fromEntries(Array.from({ length: counts }, (_, at) => [`${at}`, of(at)])));
};

test('where as many workloads are counted as may be, another is not, and those go on', async () => {
  const store = holding(MAX_COUNTS - 1);
  const by = replica(store);
  expect(await spend(by, ['first'])).toEqual({ kind: 'spent' });
  expect(await spend(by, ['second'])).toBe('full');
  expect(store.maps.size).toBe(MAX_COUNTS);
  expect(await spend(by, ['first'])).toEqual({ kind: 'spent' });
});

test('a new ReplicaSet of a Deployment that has a count goes on with that, and makes no other', async () => {
  const store = holding(MAX_COUNTS - 2);
  const by = replica(store);
  const again = asking();
  expect(await spend(by, ['old', 'deployment'])).toEqual({ kind: 'spent' });
  for (const ask of [again, again, asking()])
    expect(await spend(by, ['new', 'deployment'], ask)).toEqual({ kind: 'spent' });
  expect(await spend(by, ['new', 'deployment'])).toMatchObject({ kind: 'exhausted' });
  expect(await spend(by, ['new'])).toBe('full');
  expect(store.maps.size).toBe(MAX_COUNTS);
});

test('that there is no room is remembered for some seconds, for that policy', async () => {
  const store = holding(MAX_COUNTS);
  const by = replica(store);
  const lists = () => store.calls.filter((call) => call === 'GET configmaps').length;
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  for (let at = 0; at < 3; at += 1) expect(await spend(by, [`${at}`])).toBe('full');
  expect(lists()).toBe(1);
  store.maps.clear();
  vi.advanceTimersByTime(5_000);
  expect(await spend(by, ['0'])).toEqual({ kind: 'spent' });
  expect(lists()).toBe(2);
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
