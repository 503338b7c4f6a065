// Every load through every subject, round after round: subjects take turns within a round, so that whatever else the machine
// does meets them alike. Of the rounds the median is told.
import type { Load } from './loads.ts';
import type { Subject } from './stand.ts';
import { type Summary, summarize } from './statistics.ts';
import { measure, type Timing, type Window } from './window.ts';

/** So many times the warm-up of later rounds. */
const COLD = 3;

export interface Placed {
  readonly subject: Subject;
  /** A process in the network namespace where it listens. */
  readonly netns: number;
}

/** One cell of the table. */
export interface Cell {
  readonly load: string;
  readonly subject: string;
  /** µs a request or event, over the rounds; `direct` has none. */
  readonly cpuUs?: Summary;
  readonly perSecond: Summary;
  readonly p50Ms?: Summary;
  readonly p99Ms?: Summary;
}

export interface Plan extends Timing {
  readonly rounds: number;
  readonly program: string;
  readonly say: (line: string) => void;
}

export async function measureAll(
  loads: readonly Load[],
  placed: readonly Placed[],
  { rounds, program, say, ...timing }: Plan,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  // Before a load is measured for the first time, the code that serves it must have been compiled.
  const cold = { ...timing, warmUpMs: COLD * timing.warmUpMs };
  for (const load of loads) {
    const windows = placed.map((): Window[] => []);
    for (let round = 1; round <= rounds; round += 1) {
      say(`${load.name}, round ${round} of ${rounds}`);
      for (const [index, { subject, netns }] of placed.entries()) {
        windows[index]?.push(await measure(netns, program, load, subject, round === 1 ? cold : timing));
      }
    }
    cells.push(...placed.map(({ subject }, index) => cellOf(load, subject, windows[index] ?? [])));
  }
  return cells;
}

const defined = (value: number | undefined): value is number => value !== undefined;

function cellOf(load: Load, subject: Subject, windows: readonly Window[]): Cell {
  const over = (of: (window: Window) => number | undefined): Summary | undefined => {
    const values = windows.map(of).filter(defined);
    return values.length === 0 ? undefined : summarize(values);
  };
  const [cpuUs, p50Ms, p99Ms] = [
    over((window) => window.cpuUs),
    over(({ latency }) => latency?.p50Ms),
    over(({ latency }) => latency?.p99Ms),
  ];
  return {
    load: load.name,
    subject: subject.name,
    perSecond: summarize(windows.map(({ count, tookMs }) => (count * 1000) / tookMs)),
    ...(cpuUs && { cpuUs }),
    ...(p50Ms && { p50Ms }),
    ...(p99Ms && { p99Ms }),
  };
}
