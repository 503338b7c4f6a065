// How much of its budgets a workload has spent: one count for all replicas of the controller, kept by compare-and-set and by the
// API server's clock. A call is counted before it is made, or it is not made.
import { setTimeout as after } from 'node:timers/promises';
import type { SpendResponse } from '../../wire/spend.ts';
import { gathered } from '../gathered.ts';
import type { KubeApi } from '../kube/api.ts';
import { serverTimeMs } from '../kube/clock.ts';
import { countMaps, type HeldCount } from './count-maps.ts';
import { type Ask, countIn, overAtMs } from './spend-lines.ts';
import type { Workload } from './workload.ts';

/** Lost races before giving up, each one to another replica; what was asked then is not counted, and not made. */
const MAX_ATTEMPTS = 8;
/** Between two attempts, at most: the other replica may have as many calls to count. */
const PAUSE_MS = 20;

export interface Spends {
  /** Counts one call of a pod that these made, once. `full`: there is no room for the count of one more workload. */
  spend(policyUid: string, workloads: readonly Workload[], ask: Ask): Promise<SpendResponse | 'full'>;
  /** Deletes the counts in which nothing counts any more. */
  sweep(): Promise<void>;
}

interface Asked {
  readonly policyUid: string;
  readonly workloads: readonly Workload[];
  readonly ask: Ask;
}

export function keepSpends(kube: KubeApi, namespace: string): Spends {
  const maps = countMaps(kube, namespace);

  /**
   * The counts of a ReplicaSet and its Deployment are both written over what was read of both: of two that share either, the later
   * one has read what the earlier wrote, or loses. Undefined: it has lost.
   */
  async function attempt(
    { policyUid, workloads }: Asked,
    asks: readonly Ask[],
  ): Promise<readonly SpendResponse[] | 'full' | undefined> {
    const held = await Promise.all(workloads.map((workload) => maps.read(policyUid, workload)));
    const nowMs = await serverTimeMs(kube);
    const kept = held.map(({ lines }) => lines);
    const { answers, next } = countIn(kept, asks, nowMs);
    if (next === undefined) return answers;
    const isNew = held.some(({ object }) => object === undefined);
    if (isNew && !(await maps.hasRoom(policyUid))) return 'full';
    const overMs = Math.max(...asks.map(({ budgets }) => overAtMs(budgets, nowMs)));
    for (const [at, lines] of next.entries()) {
      const outcome = await maps.write(held[at] as HeldCount, lines, overMs);
      if (outcome.kind !== 'done') return undefined;
    }
    return answers;
  }

  /** By Audit-ID. */
  const counted = gathered(async (_key: string, all: readonly Asked[]) => {
    const [first] = all as readonly [Asked];
    const asks = all.map(({ ask }) => ask);
    for (let attempts = 1; attempts <= MAX_ATTEMPTS; attempts += 1) {
      const answers = await attempt(first, asks);
      if (answers === 'full') return answers;
      if (answers !== undefined) return new Map(asks.map(({ auditId }, at) => [auditId, answers[at]]));
      await after(Math.random() * PAUSE_MS);
    }
    throw new Error(`a count lost ${MAX_ATTEMPTS} races`);
  });

  return {
    async spend(policyUid, workloads, ask) {
      const key = [policyUid, ...workloads.map(({ uid }) => uid)].join(' ');
      const answers = await counted(key, { policyUid, workloads, ask });
      const answer = answers === 'full' ? answers : answers.get(ask.auditId);
      if (answer === undefined) throw new Error('counted without an answer');
      return answer;
    },
    sweep: maps.sweep,
  };
}
