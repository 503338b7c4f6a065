import { expect, test } from 'vitest';
import { began, MAX_WORKLOADS, withWorkloads } from './standing.ts';

const NOW_MS = Date.parse('2030-01-01T00:00:00Z');
const crew = { uid: 'b8f1', text: 'Deployment agents/crew' };
const set = { uid: '77aa', text: 'ReplicaSet agents/crew-5d9c' };

test('a line says when it began, and for whom', () => {
  const lines = withWorkloads({}, [set, crew], NOW_MS);
  expect(lines).toEqual({
    '77aa': '2030-01-01T00:00:00.000Z ReplicaSet agents/crew-5d9c',
    b8f1: '2030-01-01T00:00:00.000Z Deployment agents/crew',
  });
  expect(began(lines, [crew])).toBe(NOW_MS);
});

test('a line that a person has broken, or taken away, begins anew', () => {
  expect(began({}, [crew])).toBeUndefined();
  expect(began({ b8f1: 'soon Deployment agents/crew' }, [crew])).toBeUndefined();
});

test('the earliest counts, whoever owns a ReplicaSet by now, and what has begun is never written anew', () => {
  const lines = withWorkloads({}, [set, crew], NOW_MS);
  const another = { uid: 'c0de', text: 'Deployment agents/another' };
  expect(began(lines, [set])).toBe(NOW_MS);
  expect(began(lines, [set, another])).toBe(NOW_MS);
  const later = withWorkloads(
    lines,
    [{ uid: '1234', text: 'ReplicaSet agents/crew-6e0d' }, crew],
    NOW_MS + 1000,
  );
  expect(later.b8f1).toBe(lines.b8f1);
  expect(began(later, [{ uid: '1234', text: '' }, crew])).toBe(NOW_MS);
});

test('the oldest goes when there are too many', () => {
  const line = (at: number) => `${new Date(NOW_MS + at).toISOString()} Job agents/run-${at}`;
  const ats = Array.from({ length: MAX_WORKLOADS }, (_, at) => at);
  const lines = Object.fromEntries(ats.map((at) => [`uid-${at}`, line(at)]));
  const next = withWorkloads(lines, [crew], NOW_MS + MAX_WORKLOADS);
  expect(Object.keys(next)).toHaveLength(MAX_WORKLOADS);
  expect(next).not.toHaveProperty('uid-0');
  expect(next).toHaveProperty('uid-1');
  expect(next).toHaveProperty('b8f1');
});
