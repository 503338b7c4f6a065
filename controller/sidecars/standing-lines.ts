// The lines of a policy's standing lifetimes, `<RFC 3339> <kind> <namespace>/<name>` by the workload's UID: pure. A line that
// cannot be read is none; no line is left out for another, and one that has begun in the future begins now.
import type { KubeObject } from '../kube/api.ts';
import type { Workload } from './workload.ts';

/** A line is bounded (workload.ts), so that all of them fit into what a ConfigMap holds. */
export const MAX_WORKLOADS = 2048;

export interface Line {
  /** Wall clock of the API server, epoch ms. */
  readonly startMs: number;
  readonly text: string;
}

export type Lines = ReadonlyMap<string, Line>;

export function linesOf(object: KubeObject): Lines {
  const { data = {} } = object as { data?: Readonly<Record<string, string>> };
  return new Map(
    Object.entries(data).flatMap(([uid, line]) => {
      const [at = '', ...text] = line.split(' ');
      const startMs = Date.parse(at);
      return Number.isNaN(startMs) ? [] : [[uid, { startMs, text: text.join(' ') }]];
    }),
  );
}

export function dataOf(lines: Lines): Record<string, string> {
  const print = ({ startMs, text }: Line) => `${new Date(startMs).toISOString()} ${text}`;
  return Object.fromEntries([...lines].map(([uid, line]) => [uid, print(line)]));
}

export interface Start {
  readonly startMs: number;
  /** `borrowed`: there is no room for a line, so that the oldest of the others counts. */
  readonly kind: 'own' | 'borrowed';
}

const missing = (lines: Lines, workloads: readonly Workload[]) =>
  workloads.filter(({ uid }) => !lines.has(uid));

const hasRoomFor = (lines: Lines, more: readonly Workload[]) => lines.size + more.length <= MAX_WORKLOADS;

/**
 * When these began, which make one pod: the earliest of their lines. Where there is room for no more, those that have none
 * began with the oldest line, since theirs cannot be kept. `undefined`: the lines have to be written first.
 */
export function startIn(lines: Lines, workloads: readonly Workload[], nowMs: number): Start | undefined {
  const own = workloads.flatMap(({ uid }) => lines.get(uid)?.startMs ?? []);
  if (own.some((startMs) => startMs > nowMs)) return undefined;
  const lacking = missing(lines, workloads);
  if (lacking.length > 0 && hasRoomFor(lines, lacking)) return undefined;
  if (own.length > 0) return { startMs: Math.min(...own), kind: 'own' };
  const all = [...lines.values()].map(({ startMs }) => startMs);
  return { startMs: Math.min(nowMs, ...all), kind: 'borrowed' };
}

/** The lines as they should be kept: none in the future, and those added that are missing and find room. */
export function withWorkloads(lines: Lines, each: readonly (readonly Workload[])[], nowMs: number): Lines {
  const kept = [...lines].map(
    ([uid, line]) => [uid, line.startMs > nowMs ? { ...line, startMs: nowMs } : line] as const,
  );
  const next = new Map(kept);
  for (const workloads of each) {
    const added = missing(next, workloads);
    if (!hasRoomFor(next, added)) continue;
    const startMs = Math.min(nowMs, ...workloads.flatMap(({ uid }) => next.get(uid)?.startMs ?? []));
    for (const { uid, text } of added) next.set(uid, { startMs, text });
  }
  return next;
}
