// A pass of the lifecycle over what the caches hold, where the API server fails on demand.
import { expect, test, vi } from 'vitest';
import { createLogger } from '../../telemetry/logger.ts';
import type { KubeApi, KubeObject } from '../kube/api.ts';
import type { Cache } from '../kube/cache.ts';
import { printTime } from './conditions.ts';
import { type LifecycleOptions, startLifecycle } from './keeping.ts';
import { KEPT_FOR_MS } from './retention.ts';

const lastTransitionTime = printTime(Date.now() - 2 * KEPT_FOR_MS);
const outlived = (name: string): KubeObject => ({
  metadata: { namespace: 'agents', name, uid: `uid-${name}`, resourceVersion: '7' },
  status: { phase: 'Ended', conditions: [{ lastTransitionTime }] },
});
const fresh = (name: string): KubeObject => ({
  apiVersion: 'chaperone.dev/v1alpha1',
  kind: 'Grant',
  metadata: { namespace: 'agents', name, uid: `uid-${name}`, resourceVersion: '7', generation: 1 },
  spec: {},
});
const cacheOf = (...objects: KubeObject[]) =>
  ({
    filled: Promise.resolve(),
    all: () => objects.map((object) => ({ object, read: { kind: 'invalid', field: 'spec', why: 'x' } })),
  }) as unknown as Cache<never>;

/** What is called, in its order, by one that leads for so many calls. */
function start(
  grants: Cache<never>,
  { leadsFor = 9, ...changed }: Partial<LifecycleOptions> & { leadsFor?: number } = {},
) {
  const calls: [string, string, object | undefined][] = [];
  const options: LifecycleOptions = {
    kube: {
      async call(...asked: [string, string, object | undefined]) {
        calls.push(asked);
        if (asked[1].endsWith('/stuck')) throw new Error('a webhook of someone refuses it');
        return { kind: 'absent' };
      },
    } as unknown as KubeApi,
    policies: cacheOf(),
    grants,
    standing: {
      knownStart: () => undefined,
      startOf: async () => 0,
      sweep: async () => {},
    } as LifecycleOptions['standing'],
    spends: { sweep: async () => {} },
    leading: () => calls.length < leadsFor,
    log: createLogger({ component: 'controller', level: 'error' }),
    ...changed,
  };
  return { calls, loop: startLifecycle(options) };
}

test('a Grant is deleted as the one and in the version that has outlived its time', async () => {
  const { calls, loop } = start(cacheOf(outlived('old')));
  await vi.waitFor(() => expect(calls).not.toEqual([]));
  await loop.stop();
  const preconditions = { uid: 'uid-old', resourceVersion: '7' };
  expect(calls).toEqual([
    ['DELETE', '/apis/chaperone.dev/v1alpha1/namespaces/agents/grants/old', { preconditions }],
  ]);
});

test('what cannot be deleted or swept does not keep the rest from it', async () => {
  const standing = {
    startOf: async () => 0,
    sweep: () => Promise.reject(new Error('connection refused')),
  } as unknown as LifecycleOptions['standing'];
  const { calls, loop } = start(cacheOf(outlived('stuck'), outlived('old')), { standing });
  await vi.waitFor(() => expect(calls.length).toBeGreaterThanOrEqual(2));
  await loop.stop();
  expect(calls.slice(0, 2).map(([, path]) => path.split('/').at(-1))).toEqual(['stuck', 'old']);
});

test('one that leads no more in the middle of a pass writes nothing more', async () => {
  const sweep = vi.fn(async () => {});
  const standing = { startOf: async () => 0, sweep } as unknown as LifecycleOptions['standing'];
  const grants = cacheOf(fresh('one'), fresh('other'), outlived('old'));
  const all = vi.spyOn(grants, 'all');
  const { calls, loop } = start(grants, { standing, leadsFor: 1 });
  // For the statuses, and for what has outlived its time.
  await vi.waitFor(() => expect(all).toHaveBeenCalledTimes(2));
  await loop.stop();
  expect(calls.map(([, path]) => path.split('/').at(-2))).toEqual(['one']);
  expect(sweep).not.toHaveBeenCalled();
});

test('a status is written with nothing else of the object, in the version that it was read in', async () => {
  const { metadata, spec, ...kind } = fresh('new');
  const { calls, loop } = start(cacheOf({ ...kind, metadata, spec }));
  await vi.waitFor(() => expect(calls).not.toEqual([]));
  await loop.stop();
  const [method, path, body] = calls[0] ?? [];
  expect([method, path]).toEqual(['PUT', '/apis/chaperone.dev/v1alpha1/namespaces/agents/grants/new/status']);
  const { generation, ...named } = metadata;
  expect(body).toEqual({ ...kind, metadata: named, status: expect.objectContaining({ phase: 'Refused' }) });
});
