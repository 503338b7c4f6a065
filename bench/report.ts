// The figures as tables of Markdown, no wider than 100 columns: to be read in a terminal, and to be pasted into README.md.
import { ONE_AT_A_TIME } from './loads.ts';
import type { Cell } from './rounds.ts';
import { type Summary, spread } from './statistics.ts';
import type { Weight } from './weights.ts';

export interface Figures {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  readonly rounds: number;
  readonly windowMs: number;
  readonly cells: readonly Cell[];
  /** One at a time, with the real API server behind. */
  readonly real: readonly Cell[];
  readonly weights: readonly Weight[];
}

/** What every ratio is a multiple of. */
const ONE = 'bare';

export function report(figures: Figures): string {
  const { date, machine, versions, rounds, windowMs, cells, real, weights } = figures;
  return `${[
    `${date.slice(0, 10)}, ${machine},\n${versions}; median of ${rounds} rounds of ${windowMs / 1000} s.`,
    table(cpuRows(cells)),
    table(latencyRows(cells, real)),
    table(weightRows(weights)),
  ].join('\n\n')}\n`;
}

function cpuRows(cells: readonly Cell[]): string[][] {
  const subjects = [...new Set(cells.filter(({ cpuUs }) => cpuUs).map(({ subject }) => subject))];
  const loads = [...new Set(cells.map(({ load }) => load))];
  const rows = loads.map((load) => {
    const [one, ...all] = [ONE, ...subjects].map(
      (subject) => cells.find((cell) => cell.load === load && cell.subject === subject)?.cpuUs,
    );
    const widest = Math.max(...all.map((each) => (each ? spread(each) : 0)));
    return [load, ...all.map((each) => cpu(each, one)), `±${(widest * 100).toFixed(0)} %`];
  });
  return [['CPU µs, × bare', ...subjects, 'spread'], ...rows];
}

function cpu(of: Summary | undefined, one: Summary | undefined): string {
  if (of === undefined) return '';
  const us = of.median.toFixed(0);
  return of === one || one === undefined ? us : `${us} ${(of.median / one.median).toFixed(1)}×`;
}

function latencyRows(cells: readonly Cell[], real: readonly Cell[]): string[][] {
  const stub = cells.filter(({ load }) => load === ONE_AT_A_TIME.name);
  const rows = stub.map((cell) => [
    cell.subject,
    latency(cell),
    latency(real.find(({ subject }) => subject === cell.subject)),
  ]);
  return [['latency, ms: p50 / p99', 'stub API server', 'real API server'], ...rows];
}

function latency(cell: Cell | undefined): string {
  if (cell?.p50Ms === undefined || cell.p99Ms === undefined) return '';
  return `${cell.p50Ms.median.toFixed(2)} / ${cell.p99Ms.median.toFixed(2)}`;
}

function weightRows(weights: readonly Weight[]): string[][] {
  const rows = weights.map(({ subject, idle, peak, firstStartMs, startMs }) => [
    subject,
    ...[idle.private, peak.private, idle.rss, peak.rss].map((mib) => mib.toFixed(0)),
    startMs.median.toFixed(0),
    firstStartMs === undefined ? '' : firstStartMs.toFixed(0),
  ]);
  const memory = ['private idle', 'private peak', 'RSS idle', 'RSS peak'];
  return [['MiB; ms', ...memory, 'start', 'first start'], ...rows];
}

/** The first row is the head; every column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], fill: string): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head, ' '), line([], '-'), ...body.map((row) => line(row, ' '))].join('\n');
}
