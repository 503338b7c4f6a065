import { expect, test } from 'vitest';
import { LOADS, ONE_AT_A_TIME } from './loads.ts';
import { type Figures, report, table } from './report.ts';
import type { Cell } from './rounds.ts';
import { summarize } from './statistics.ts';

const SUBJECTS = ['direct', 'nginx', 'bare', 'sidecar', 'node-heap', 'no-spans'];
const of = (value: number) => summarize([value * 0.9, value, value * 1.1]);

const cellOf = (load: string, subject: string): Cell => ({
  load,
  subject,
  perSecond: of(4000),
  ...(subject !== 'direct' && { cpuUs: of({ bare: 1000, sidecar: 1840 }[subject] ?? 950) }),
  p50Ms: of(0.25),
  p99Ms: of(10.5),
});

const memory = { rss: 67.4, private: 21.2 };
const figures: Figures = {
  date: '2026-11-21T10:00:00Z',
  machine: '2 × a processor of a long name',
  versions: 'Node 24.0.0, Kubernetes 1.36.3',
  rounds: 3,
  windowMs: 3000,
  cells: LOADS.flatMap(({ name }) => SUBJECTS.map((subject) => cellOf(name, subject))),
  real: [cellOf(ONE_AT_A_TIME.name, 'direct')],
  weights: [
    { subject: 'bare', idle: memory, peak: memory, startMs: of(60) },
    { subject: 'sidecar', idle: memory, peak: memory, firstStartMs: 1234, startMs: of(76) },
  ],
};

const lines = report(figures).split('\n');

test('no line is wider than 100 columns, with every column there is', () => {
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('CPU is told beside its multiple of bare, which stands alone', () => {
  const row = lines.find((line) => line.startsWith(`| ${LOADS[0]?.name} `));
  expect(row).toMatch(/\| 1000 +\| 1840 1\.8× +\|/);
  expect(row).toContain('±10 %');
});

test('direct has latency and no CPU', () => {
  expect(lines.find((line) => line.includes('CPU'))).not.toContain('direct');
  expect(lines.some((line) => /^\| direct +\| 0\.25/.test(line))).toBe(true);
});

test('what was not measured is an empty cell', () => {
  const latency = lines.slice(lines.findIndex((line) => line.includes('p50')));
  expect(latency.find((line) => line.startsWith('| direct'))).toMatch(/(\| 0\.25 \/ 10\.50 +){2}\|$/);
  expect(latency.find((line) => line.startsWith('| nginx'))).toMatch(/0\.25 \/ 10\.50 +\| +\|$/);
});

test('a first start is told of a sidecar alone', () => {
  const weights = lines.slice(lines.findIndex((line) => line.includes('private idle')));
  expect(weights.find((line) => line.startsWith('| sidecar '))).toMatch(/\| 76 +\| 1234 +\|$/);
  expect(weights.find((line) => line.startsWith('| bare '))).toMatch(/\| 60 +\| +\|$/);
});

test('a table is aligned, and a short row is filled up', () => {
  expect(table([['a', 'longer'], ['x']])).toBe('| a   | longer |\n| --- | ------ |\n| x   |        |');
});
