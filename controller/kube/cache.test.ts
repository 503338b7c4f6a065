import { expect, test } from 'vitest';
import { createLogger } from '../../telemetry/logger.ts';
import { type KubeApi, MAX_ANSWER_BYTES, PAGE_SIZE } from './api.ts';
import { startCache } from './cache.ts';

/** etcd's --max-request-bytes, its default: what no stored object exceeds. */
const MAX_OBJECT_BYTES = 1.5 * 1024 * 1024;

test('a page of objects as large as there are fits into an answer', () => {
  expect(PAGE_SIZE * MAX_OBJECT_BYTES).toBeLessThan(MAX_ANSWER_BYTES);
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
    watch: (_: string, signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  } as unknown as KubeApi;
  const cache = startCache({
    kube,
    path: (query) => `/policies?${new URLSearchParams(query)}`,
    what: 'AgentPolicies',
    read: ({ metadata }) => metadata.name,
    onChange: () => {},
    log: createLogger({ component: 'controller', level: 'error' }),
  });
  await cache.filled;
  expect(cache.all().map(({ read }) => read)).toEqual(['p1', 'p2', 'p3']);
  const limit = `limit=${PAGE_SIZE}`;
  expect(asked).toEqual(
    ['', '&continue=next-1', '&continue=next-2'].map((rest) => `/policies?${limit}${rest}`),
  );
  await cache.stop();
});
