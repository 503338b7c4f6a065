import { expect, test } from 'vitest';
import { dataOf, type Lines, linesOf, MAX_WORKLOADS, startIn, withWorkloads } from './standing-lines.ts';

const NOW_MS = Date.parse('2030-01-01T00:00:00Z');
const crew = { uid: 'b8f1', text: 'Deployment agents/crew' };
const set = { uid: '77aa', text: 'ReplicaSet agents/crew-5d9c' };
const NONE: Lines = new Map();

const linesIn = (data: Record<string, string>) => linesOf({ metadata: { name: 'kept' }, data });
const ownSince = (startMs: number) => ({ startMs, kind: 'own' });

/** Lines of that many Jobs, a second apart, the last of them a second ago. */
const jobs = (count: number): Lines =>
  new Map(
    Array.from({ length: count }, (_, at) => [
      `uid-${at}`,
      { startMs: NOW_MS - (count - at) * 1000, text: `Job agents/run-${at}` },
    ]),
  );

test('a line says when it began, and for whom, and is read as it was written', () => {
  const lines = withWorkloads(NONE, [[set, crew]], NOW_MS);
  const data = dataOf(lines);
  expect(data).toEqual({
    '77aa': '2030-01-01T00:00:00.000Z ReplicaSet agents/crew-5d9c',
    b8f1: '2030-01-01T00:00:00.000Z Deployment agents/crew',
  });
  expect(linesIn(data)).toEqual(lines);
  expect(startIn(lines, [crew], NOW_MS)).toEqual(ownSince(NOW_MS));
});

test('a line that a person has broken, or taken away, is to be written anew', () => {
  expect(startIn(NONE, [crew], NOW_MS)).toBeUndefined();
  expect(linesIn({ b8f1: 'soon Deployment agents/crew' })).toEqual(NONE);
});

test.each(['constructor', '__proto__', 'toString'])('%s is a UID like any other', (uid) => {
  expect(startIn(NONE, [{ uid, text: '' }], NOW_MS)).toBeUndefined();
  const lines = linesIn(
    JSON.parse(JSON.stringify(dataOf(withWorkloads(NONE, [[{ uid, text: 'Job a/b' }]], NOW_MS)))),
  );
  expect(startIn(lines, [{ uid, text: '' }], NOW_MS)).toEqual(ownSince(NOW_MS));
});

test('the earliest counts, whoever owns a ReplicaSet by now, and what has begun is never written anew', () => {
  const lines = withWorkloads(NONE, [[set, crew]], NOW_MS);
  const next = { uid: '1234', text: 'ReplicaSet agents/crew-6e0d' };
  const later = withWorkloads(lines, [[next, crew]], NOW_MS + 1000);
  expect(later.get(crew.uid)).toEqual(lines.get(crew.uid));
  expect(startIn(later, [next], NOW_MS + 1000)).toEqual(ownSince(NOW_MS));
  const another = withWorkloads(later, [[{ uid: 'c0de', text: 'Deployment agents/another' }]], NOW_MS + 2000);
  expect(startIn(another, [next, { uid: 'c0de', text: '' }], NOW_MS + 2000)).toEqual(ownSince(NOW_MS));
});

test('where there is no room no line is left out for another: who has none began with the oldest', () => {
  const full = jobs(MAX_WORKLOADS);
  expect(withWorkloads(full, [[crew]], NOW_MS)).toEqual(full);
  expect(startIn(full, [crew], NOW_MS)).toEqual({
    startMs: NOW_MS - MAX_WORKLOADS * 1000,
    kind: 'borrowed',
  });
  expect(startIn(full, [{ uid: 'uid-7', text: '' }, crew], NOW_MS)).toEqual(
    ownSince(NOW_MS - (MAX_WORKLOADS - 7) * 1000),
  );
});

test('the last room goes to whom it is enough for', () => {
  const lines = withWorkloads(jobs(MAX_WORKLOADS - 1), [[set, crew], [crew]], NOW_MS);
  expect([lines.size, lines.has(set.uid), lines.has(crew.uid)]).toEqual([MAX_WORKLOADS, false, true]);
  expect(startIn(jobs(MAX_WORKLOADS - 1), [set, crew], NOW_MS)?.kind).toBe('borrowed');
});

test('what began in the future began now, and is written so', () => {
  const ahead = withWorkloads(NONE, [[set, crew]], NOW_MS + 365 * 86_400_000);
  expect(startIn(ahead, [crew], NOW_MS)).toBeUndefined();
  expect(startIn(withWorkloads(ahead, [], NOW_MS), [crew], NOW_MS + 5000)).toEqual(ownSince(NOW_MS));
});
