import { expect, test } from 'vitest';
import { MAX_WORKLOADS, readLine, withWorkload } from './standing.ts';

const NOW_MS = Date.parse('2030-01-01T00:00:00Z');
const crew = { uid: 'b8f1', text: 'Deployment agents/crew' };

test('a line says when it began, and for whom', () => {
  const lines = withWorkload({}, crew, NOW_MS);
  expect(lines).toEqual({ b8f1: '2030-01-01T00:00:00.000Z Deployment agents/crew' });
  expect(readLine(lines.b8f1)).toBe(NOW_MS);
});

test('a line that a person has broken, or taken away, begins anew', () => {
  expect(readLine(undefined)).toBeUndefined();
  expect(readLine('soon Deployment agents/crew')).toBeUndefined();
});

test('the oldest goes when there are too many', () => {
  const line = (at: number) => `${new Date(NOW_MS + at).toISOString()} Job agents/run-${at}`;
  const ats = Array.from({ length: MAX_WORKLOADS }, (_, at) => at);
  const lines = Object.fromEntries(ats.map((at) => [`uid-${at}`, line(at)]));
  const next = withWorkload(lines, crew, NOW_MS + MAX_WORKLOADS);
  expect(Object.keys(next)).toHaveLength(MAX_WORKLOADS);
  expect(next).not.toHaveProperty('uid-0');
  expect(next).toHaveProperty('uid-1');
  expect(next).toHaveProperty('b8f1');
});
