import { beforeEach, describe, expect, test } from 'vitest';
import { publicationMs, ROOTS } from './profiles.ts';
import {
  keepRoots,
  MAX_CLOCK_PARTING_MS,
  readRoots,
  type SecretStore,
  type StoredSecret,
} from './root-store.ts';

// The order of conflicts is what is tested here, and a real API server cannot be told to lose a race: hence a map.
// That the store is one for real is tested on the cluster.
const nowMs = Date.UTC(2030, 0, 1);
let secrets: Map<string, StoredSecret>;
let store: SecretStore;
/** Of the API server. */
let itsMs: number;

beforeEach(() => {
  secrets = new Map();
  itsMs = nowMs;
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
    timeMs: async () => itsMs,
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
  itsMs = laterMs;
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
    'moved on by another replica 5 times',
  );
});

test('tells each step once it is kept', async () => {
  const steps: string[] = [];
  const keep = (kind: 'control' | 'loopback', ms: number) => {
    itsMs = ms;
    return keepRoots(kind, store, ms, ({ step }) => steps.push(step));
  };
  const { succeedAfterMs, validForMs } = ROOTS.control;
  await keep('control', nowMs);
  await keep('control', nowMs + succeedAfterMs);
  await keep('control', nowMs + succeedAfterMs + publicationMs('control'));
  await keep('control', nowMs + validForMs - 1);
  expect(steps).toEqual(['make', 'publish', 'sign', 'publish']);
});

test('only reads where it is asked to read, also what is not there and what is due', async () => {
  expect(await readRoots('control', store)).toBeUndefined();
  expect(secrets.size).toBe(0);
  const made = await keepRoots('control', store, nowMs);
  expect(await readRoots('control', store)).toEqual(made);
});

test('roots that someone deleted are made anew, and share nothing with those before', async () => {
  const before = await keepRoots('control', store, nowMs);
  secrets.delete('chaperone-control-root');
  const after = await keepRoots('control', store, nowMs);
  expect(after.published.map(({ id }) => id)).not.toContain(before.signing.id);
});

describe("a clock that is not the API server's", () => {
  const partings = [MAX_CLOCK_PARTING_MS + 1, -MAX_CLOCK_PARTING_MS - 1, 400 * 86_400_000];
  test.each(partings)('and is off by %d ms makes no root', async (offMs) => {
    await expect(keepRoots('control', store, nowMs + offMs)).rejects.toThrow(
      /clock is \d+ s (ahead of|behind)/,
    );
    expect(secrets.size).toBe(0);
  });

  test('takes no step, so that a root which others live by is not retired', async () => {
    await keepRoots('control', store, nowMs);
    const before = secrets.get('chaperone-control-root');
    const jumpedMs = nowMs + ROOTS.control.validForMs;
    await expect(keepRoots('control', store, jumpedMs)).rejects.toThrow('Set the clocks of both nodes');
    expect(secrets.get('chaperone-control-root')).toBe(before);
  });

  test('matters to nobody while nothing is due', async () => {
    const made = await keepRoots('control', store, nowMs);
    expect(await keepRoots('control', store, nowMs + 86_400_000)).toEqual(made);
  });

  test('may be off by a little', async () => {
    await keepRoots('control', store, nowMs + MAX_CLOCK_PARTING_MS);
    expect(secrets.size).toBe(1);
  });

  test('is not believed where the API server says no time', async () => {
    itsMs = Number.NaN;
    await expect(keepRoots('control', store, nowMs)).rejects.toThrow('is left as it is');
  });
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
