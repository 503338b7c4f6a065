import { beforeEach, expect, test } from 'vitest';
import { ROOTS } from './profiles.ts';
import { keepRoots, type SecretStore, type StoredSecret } from './root-store.ts';

// The order of conflicts is what is tested here, and a real API server cannot be told to lose a race: hence a map.
// That the store is one for real is tested on the cluster.
const nowMs = Date.UTC(2030, 0, 1);
let secrets: Map<string, StoredSecret>;
let store: SecretStore;

beforeEach(() => {
  secrets = new Map();
  store = {
    get: async (name) => secrets.get(name),
    create: async (name, data) => {
      if (secrets.has(name)) return 'conflict';
      secrets.set(name, { data, resourceVersion: '1' });
      return 'stored';
    },
    update: async (name, data, resourceVersion) => {
      if (secrets.get(name)?.resourceVersion !== resourceVersion) return 'conflict';
      secrets.set(name, { data, resourceVersion: String(Number(resourceVersion) + 1) });
      return 'stored';
    },
  };
});

test('makes a root where there is none, and finds the same one from then on', async () => {
  const made = await keepRoots('control', store, nowMs);
  expect([...secrets.keys()]).toEqual(['chaperone-control-root']);
  const found = await keepRoots('control', store, nowMs);
  expect(found).toEqual(made);
  expect(found.signing).toBe(found.published[0]);
});

test('two replicas that start at once agree on one root', async () => {
  const [one, other] = await Promise.all([
    keepRoots('control', store, nowMs),
    keepRoots('control', store, nowMs),
  ]);
  expect(one.signing.id).toBe(other.signing.id);
  expect(secrets.get('chaperone-control-root')?.data.signing).toBe(one.signing.id);
});

test('two replicas that find a step due at once agree on one successor', async () => {
  await keepRoots('control', store, nowMs);
  const laterMs = nowMs + ROOTS.control.succeedAfterMs;
  const [one, other] = await Promise.all([
    keepRoots('control', store, laterMs),
    keepRoots('control', store, laterMs),
  ]);
  expect(one.published.map((root) => root.id)).toEqual(other.published.map((root) => root.id));
  expect(one.published).toHaveLength(2);
  expect(one.signing).toBe(one.published[0]);
  expect(secrets.get('chaperone-control-root')?.resourceVersion).toBe('2');
});

test('does not write when nothing is due', async () => {
  await keepRoots('loopback', store, nowMs);
  const before = secrets.get('chaperone-loopback-root');
  await keepRoots('loopback', store, nowMs + 1000);
  expect(secrets.get('chaperone-loopback-root')).toBe(before);
});

test('gives up when every race is lost', async () => {
  await expect(keepRoots('control', { ...store, create: async () => 'conflict' }, nowMs)).rejects.toThrow(
    'lost 5 races',
  );
});

test.each([
  ['is empty', () => ({})],
  [
    'names a root that it does not hold',
    (data: StoredSecret['data']) => ({ ...data, signing: 'f'.repeat(64) }),
  ],
  [
    'has lost a key',
    (data: StoredSecret['data']) =>
      Object.fromEntries(Object.entries(data).filter(([key]) => !key.endsWith('.key'))),
  ],
])('neither uses nor overwrites a Secret that %s', async (_, spoil) => {
  await keepRoots('control', store, nowMs);
  const spoilt = { data: spoil(secrets.get('chaperone-control-root')?.data ?? {}), resourceVersion: '1' };
  secrets.set('chaperone-control-root', spoilt);
  await expect(keepRoots('control', store, nowMs)).rejects.toThrow('holds no control roots that can be used');
  expect(secrets.get('chaperone-control-root')).toBe(spoilt);
});
