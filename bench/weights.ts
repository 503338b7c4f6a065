// What a process weighs: its memory before any load and at its peak under every load, and how long it takes to start.
import { LOADS } from './loads.ts';
import { peakMemory } from './peak.ts';
import type { Memory } from './proc.ts';
import { memory } from './process.ts';
import type { Placed } from './rounds.ts';
import { restartMs } from './startup.ts';
import { type Summary, summarize } from './statistics.ts';
import { measure, type Timing } from './window.ts';

export interface Weight {
  readonly subject: string;
  readonly idle: Memory;
  readonly peak: Memory;
  /** A sidecar's, with its enrolment. */
  readonly firstStartMs?: number;
  /** Of a sidecar that comes back, or of another proxy. */
  readonly startMs: Summary;
}

/** A peak is reached at once or not at all. */
const PEAK: Timing = { warmUpMs: 100, windowMs: 1500 };

/** By name; `direct` has no process. */
export async function idleMemory(placed: readonly Placed[]): Promise<ReadonlyMap<string, Memory>> {
  const idle = new Map<string, Memory>();
  for (const { subject } of placed) {
    if (subject.pid !== undefined) idle.set(subject.name, await memory(subject.pid));
  }
  return idle;
}

export interface WeighParts {
  readonly idle: ReadonlyMap<string, Memory>;
  /** Of the sidecars, by name. */
  readonly firstStartMs: ReadonlyMap<string, number>;
  /** The bundled load generator. */
  readonly program: string;
  readonly restarts: number;
}

/** Undefined for `direct`. */
export async function weigh(
  { subject, netns }: Placed,
  { idle, firstStartMs, program, restarts }: WeighParts,
): Promise<Weight | undefined> {
  const { pid, name, readyMs } = subject;
  const before = idle.get(name);
  if (pid === undefined || before === undefined) return undefined;
  const peak = await peakMemory(pid, async () => {
    for (const load of LOADS) await measure(netns, program, load, subject, PEAK);
  });
  const first = firstStartMs.get(name);
  const startMs = readyMs === undefined ? await restartMs(pid, restarts) : summarize([readyMs]);
  return { subject: name, idle: before, peak, startMs, ...(first !== undefined && { firstStartMs: first }) };
}
