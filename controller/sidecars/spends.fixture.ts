// For tests only: the ConfigMaps of an API server whose clock, races and rest a test decides. The real one is in
// test/e2e/budgets.test.ts and test/fault/budgets.test.ts.
import { setTimeout as after } from 'node:timers/promises';
import type { KubeApi, KubeObject, Outcome } from '../kube/api.ts';

export const NOW_MS = Date.parse('2030-01-01T00:00:00Z');

export interface Store {
  readonly kube: KubeApi;
  readonly maps: Map<string, KubeObject>;
  readonly calls: readonly string[];
  nowMs: number;
  /** How long each of the two ways of a call takes, at most. */
  latencyMs: number;
  /** Plays the other replica, before each write. */
  meanwhile: () => void;
}

/** Compare-and-set as the API server does it; what is asked at once is answered in any order. */
export function storeOf(data: Readonly<Record<string, KubeObject>> = {}): Store {
  const maps = new Map(Object.entries(data));
  const calls: string[] = [];
  let version = 0;
  const store = { maps, calls, nowMs: NOW_MS, latencyMs: 0, meanwhile: () => {} };

  function write(name: string, body: KubeObject): Outcome {
    store.meanwhile();
    if (maps.get(name)?.metadata.resourceVersion !== body.metadata.resourceVersion)
      return { kind: 'conflict' };
    version += 1;
    const object = { ...body, metadata: { ...body.metadata, uid: name, resourceVersion: `${version}` } };
    maps.set(name, object);
    return { kind: 'done', object };
  }

  const way = () => after(Math.random() * store.latencyMs);

  async function call(method: string, path: string, body?: KubeObject): Promise<Outcome<unknown>> {
    for (let turns = Math.random() * 4; turns > 0; turns -= 1) await new Promise(setImmediate);
    if (store.latencyMs === 0) return served(method, path, body);
    await way();
    const outcome = served(method, path, body);
    await way();
    return outcome;
  }

  function served(method: string, path: string, body?: KubeObject): Outcome<unknown> {
    const { pathname, searchParams } = new URL(path, 'https://api');
    const name = pathname.split('/').at(-1) ?? '';
    calls.push(`${method} ${name}`);
    if (name === 'selfsubjectreviews') {
      const creationTimestamp = new Date(store.nowMs).toISOString();
      return { kind: 'done', object: { metadata: { name: '', creationTimestamp } } };
    }
    if (searchParams.has('labelSelector'))
      return { kind: 'done', object: { metadata: {}, items: maps.size > 0 ? [...maps.values()] : null } };
    if (body !== undefined && method !== 'DELETE') return write(body.metadata.name, body);
    const object = maps.get(name);
    if (object === undefined) return { kind: 'absent' };
    if (method === 'DELETE') maps.delete(name);
    return { kind: 'done', object };
  }

  return Object.assign(store, { kube: { ca: '', call, watch: async () => {} } as unknown as KubeApi });
}
