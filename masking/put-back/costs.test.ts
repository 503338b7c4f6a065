import { expect, test } from 'vitest';
import { LAST_APPLIED } from '../test-bodies.ts';
import { type Body, putBack } from './test-lives.ts';

/** What the API server lets an agent store in one Secret. */
const [KEYS, MANAGERS, COPIED] = [20_000, 5_000, 24_000];

/** Milliseconds of this thread's processor. */
const timed = (run: () => unknown) => {
  const from = process.threadCpuUsage();
  run();
  return process.threadCpuUsage(from).user / 1000;
};
const keys = (count: number) => Array.from({ length: count }, (_, at) => at.toString(36));
const secretWith = (metadata: object, data: object): Body => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'Opaque',
  metadata: { name: 'a', namespace: 'shop', uid: 'u', resourceVersion: '5', ...metadata },
  data,
});
const all = (names: readonly string[], value: unknown) =>
  Object.fromEntries(names.map((name) => [name, value]));

test('an apply of many keys beside many managers is judged in time linear in both', () => {
  const entry = (manager: string, fields: object) => ({
    manager,
    operation: 'Apply',
    fieldsV1: { 'f:data': fields },
  });
  const owned = all(
    keys(KEYS).map((key) => `f:${key}`),
    {},
  );
  const managedFields = [...keys(MANAGERS).map((name) => entry(name, {})), entry('helm', owned)];
  const live = secretWith({ managedFields }, all(keys(KEYS), 'QQ=='));
  const write = {
    form: 'apply',
    value: { data: all(keys(KEYS), 'Qg==') },
    force: false,
    manager: 'helm',
  } as const;
  let outcome: unknown;
  expect(
    timed(() => {
      outcome = putBack(write, live);
    }),
  ).toBeLessThan(2000);
  expect(outcome).toMatchObject({ kind: 'putBack' });
});

test('a large copy is shown once, however often and at however many versions it is written', () => {
  const copy = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data: all(keys(COPIED), '') });
  const live = secretWith({ annotations: { [LAST_APPLIED]: copy } }, {});
  const path = `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`;
  // With this hash every sentinel of a copy is genuine.
  let hashes = 0;
  const hash = (text: string) => {
    hashes += 1;
    return (text.includes('"copy"') ? '0' : '1').repeat(64);
  };
  const sentinelAt = (version: number) =>
    btoa(`chaperone: hidden value ${`${version}`.padStart(16, '0')}${'0'.repeat(32)}`);
  const value = keys(9_999).map((key, at) => ({
    op: 'add',
    path,
    value: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data: { [key]: sentinelAt(1 + (at % 5)) } }),
  }));
  const write = { form: 'operations', value } as const;
  let outcome: unknown;
  expect(
    timed(() => {
      outcome = putBack(write, live, { hash, isCurrent: () => true });
    }),
  ).toBeLessThan(2000);
  expect(outcome).toMatchObject({ kind: 'putBack' });
  expect(hashes).toBeLessThan(COPIED + 5 * value.length);
});
