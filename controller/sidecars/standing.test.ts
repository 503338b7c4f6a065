import { expect, test } from 'vitest';
import { NOW_MS, replica } from './standing.fixture.ts';
import { MAX_WORKLOADS } from './standing-lines.ts';

const HOUR_MS = 3_600_000;
const workload = (at: number) => ({ uid: `uid-${at}`, text: `Job agents/run-${at}` });

const startOf = ({ standing }: ReturnType<typeof replica>, at: number) =>
  standing.startOf('policy', [workload(at)], NOW_MS);

test("begins by the API server's clock, whether this replica's is fast or slow", async () => {
  const fast = replica({ serverMs: NOW_MS - HOUR_MS });
  expect(await startOf(fast, 1)).toBe(NOW_MS - HOUR_MS);
  const slow = replica({ serverMs: NOW_MS + HOUR_MS });
  expect(await startOf(slow, 1)).toBe(NOW_MS);
  expect(slow.data()).toEqual({ 'uid-1': '2030-01-01T01:00:00.000Z Job agents/run-1' });
});

test('a start that a replica with a fast clock has left in the future is written anew, once', async () => {
  const here = replica({ data: { 'uid-1': '2031-01-01T00:00:00.000Z Job agents/run-1' } });
  expect(await startOf(here, 1)).toBe(NOW_MS);
  expect(here.data()).toEqual({ 'uid-1': '2030-01-01T00:00:00.000Z Job agents/run-1' });
  const before = here.calls.length;
  expect(await startOf(here, 1)).toBe(NOW_MS);
  expect(here.calls).toHaveLength(before);
});

test('new workloads of a policy are written one write after another, each with all that came meanwhile', async () => {
  const here = replica();
  const asked: Promise<number>[] = [];
  for (let at = 0; at < 200; at += 1) {
    asked.push(startOf(here, at));
    if (at % 50 === 0) await new Promise(setImmediate);
  }
  expect(new Set(await Promise.all(asked))).toEqual(new Set([NOW_MS]));
  expect(Object.keys(here.data() as object)).toHaveLength(200);
  const writes = here.calls.filter((call) => !/^GET|selfsubject/.test(call));
  expect(writes.length).toBeLessThanOrEqual(3);
  expect(here.calls).toHaveLength(3 * writes.length);
});

test('a race that is lost is run again, and one that is always lost fails who asked and no one after', async () => {
  const here = replica();
  let races = 0;
  here.setMeanwhile(() => {
    races += 1;
    if (races === 1) here.move();
  });
  expect(await startOf(here, 1)).toBe(NOW_MS);
  expect(races).toBe(2);
  here.setMeanwhile(here.move);
  await expect(startOf(here, 2)).rejects.toThrow('races');
  here.setMeanwhile(() => {});
  expect(await startOf(here, 3)).toBe(NOW_MS);
});

test('where there is no room nothing is written, the oldest line counts, and the log says so once', async () => {
  const at = (number: number) => new Date(NOW_MS - (MAX_WORKLOADS - number) * 1000).toISOString();
  const names = Array.from({ length: MAX_WORKLOADS }, (_, number) => number);
  const data = Object.fromEntries(names.map((number) => [`uid-${number}`, `${at(number)} Job agents/run`]));
  const here = replica({ data });
  for (const number of [5000, 5001]) expect(await startOf(here, number)).toBe(NOW_MS - MAX_WORKLOADS * 1000);
  expect(await startOf(here, 0)).toBe(NOW_MS - MAX_WORKLOADS * 1000);
  expect(here.calls).toEqual([]);
  expect(here.said).toEqual([expect.stringContaining('chaperone-standing-policy')]);
});

test('a run that finds no room counts from when the API server made it, if it is that one', async () => {
  const names = Array.from({ length: MAX_WORKLOADS }, (_, number) => `uid-${number}`);
  const data = Object.fromEntries(names.map((uid) => [uid, '2029-01-01T00:00:00.000Z Job agents/run']));
  const creationTimestamp = '2029-12-31T23:00:00Z';
  const runs = {
    '/jobs/mine': { uid: 'mine', creationTimestamp },
    '/jobs/other': { uid: 'of-another', creationTimestamp },
  };
  const here = replica({ data, runs });
  const start = (uid: string) =>
    here.standing.startOf('policy', [{ uid, text: '', run: `/jobs/${uid}` }], NOW_MS);
  expect(await start('mine')).toBe(NOW_MS - HOUR_MS);
  expect(here.said).toEqual([]);
  for (const uid of ['other', 'gone']) expect(await start(uid)).toBe(Date.parse('2029-01-01T00:00:00Z'));
});

test("a policy's lines go when it has gone, in the version that was looked at and no other", async () => {
  const here = replica({ data: {} });
  await here.standing.sweep(new Set(['policy']), NOW_MS);
  await here.standing.sweep(new Set(), Date.parse('2029-12-31T00:59:59Z'));
  expect(here.deletions).toEqual([]);
  await here.standing.sweep(new Set(), NOW_MS);
  expect(here.deletions).toEqual([
    {
      path: '/api/v1/namespaces/chaperone-system/configmaps/chaperone-standing-policy',
      body: { preconditions: { uid: 'map', resourceVersion: '1' } },
    },
  ]);
});
