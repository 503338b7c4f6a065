import { expect, test, vi } from 'vitest';
import { createLogger } from '../../telemetry/logger.ts';
import { type KubeApi, MAX_ANSWER_BYTES, PAGE_SIZE } from './api.ts';
import { startCache } from './cache.ts';

/** etcd's --max-request-bytes, its default: what no stored object exceeds. */
const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;

test('a page of objects as large as there are fits into an answer', () => {
  expect(PAGE_SIZE * MAX_OBJECT_BYTES).toBeLessThan(MAX_ANSWER_BYTES);
});

const watch = (_: string, signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const cacheOf = (kube: Partial<KubeApi>, label = '') =>
  startCache({
    kube: { watch, ...kube } as unknown as KubeApi,
    path: (query) => `/policies?${new URLSearchParams(query)}`,
    what: 'AgentPolicies',
    label,
    read: ({ metadata }) => metadata.name,
    onChange: () => {},
    log: createLogger({ component: 'controller', level: 'error' }),
  });

test('lists by pages of that size, to the last one', async () => {
  const asked: string[] = [];
  const item = (at: number) => ({ metadata: { name: `p${at}`, uid: `u${at}`, resourceVersion: '1' } });
  const kube = {
    async call(_: string, path: string) {
      asked.push(path);
      const more = asked.length < 3 ? { continue: `next-${asked.length}` } : {};
      return {
        kind: 'done',
        object: { metadata: { resourceVersion: '7', ...more }, items: [item(asked.length)] },
      };
    },
  } as Partial<KubeApi>;
  const cache = cacheOf(kube);
  await cache.filled;
  expect(cache.all().map(({ read }) => read)).toEqual(['p1', 'p2', 'p3']);
  const limit = `limit=${PAGE_SIZE}`;
  expect(asked).toEqual(
    ['', '&continue=next-1', '&continue=next-2'].map((rest) => `/policies?${limit}${rest}`),
  );
  await cache.stop();
});

test('holds of the metadata what is read, whatever else there is of it', async () => {
  const metadata = { name: 'p', uid: 'u', resourceVersion: '1', generation: 2, deletionTimestamp: 'now' };
  const more = {
    annotations: { note: 'x' },
    managedFields: [{ manager: 'kubectl' }],
    labels: { team: 'web', note: 'x' },
    finalizers: ['web.dev/keep'],
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }],
  };
  const items = [{ kind: 'AgentPolicy', metadata: { ...metadata, ...more }, spec: {} }];
  const object = { metadata: { resourceVersion: '7' }, items };
  const kube = { call: async () => ({ kind: 'done', object }) } as unknown as Partial<KubeApi>;
  const cache = cacheOf(kube);
  const labelled = cacheOf(kube, 'team');
  await Promise.all([cache.filled, labelled.filled]);
  expect(cache.all().map((kept) => kept.object)).toEqual([{ kind: 'AgentPolicy', metadata, spec: {} }]);
  expect(labelled.all()[0]?.object.metadata.labels).toEqual({ team: 'web' });
  await Promise.all([cache.stop(), labelled.stop()]);
});

test('a refresh is over when the list is that began after it, and says whether there was one', async () => {
  const lists: PromiseWithResolvers<unknown>[] = [];
  const call = () => {
    const list = Promise.withResolvers<unknown>();
    lists.push(list);
    return list.promise;
  };
  const answer = { kind: 'done', object: { metadata: { resourceVersion: '7' }, items: [] } };
  const cache = cacheOf({ call } as Partial<KubeApi>);
  await vi.waitFor(() => expect(lists).toHaveLength(1));

  const told: string[] = [];
  void cache.refresh().then((outcome) => told.push(outcome));
  // This one began before.
  lists[0]?.resolve(answer);
  await vi.waitFor(() => expect(lists).toHaveLength(2));
  expect(told).toEqual([]);
  lists[1]?.resolve(answer);
  await vi.waitFor(() => expect(told).toEqual(['listed']));

  const failed = cache.refresh();
  await vi.waitFor(() => expect(lists).toHaveLength(3));
  lists[2]?.reject(new Error('connection refused'));
  expect(await failed).toBe('failed');

  const late = cache.refresh();
  await vi.waitFor(() => expect(lists).toHaveLength(4));
  lists[3]?.resolve(answer);
  await late;
  await cache.stop();
  expect(await cache.refresh()).toBe('failed');
});
