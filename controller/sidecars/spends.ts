// How much of its budgets a workload has spent: one count for all replicas of the controller, kept by compare-and-set and by the
// API server's clock. A call is counted before it is made, or it is not made.
import { setTimeout as after } from 'node:timers/promises';
import { SPEND_WITHIN_MS, type SpendResponse } from '../../wire/spend.ts';
import { gathered } from '../gathered.ts';
import type { KubeApi } from '../kube/api.ts';
import { serverTimeMs } from '../kube/clock.ts';
import { countMaps, type HeldCount } from './count-maps.ts';
import { type Ask, countIn, overAtMs } from './spend-lines.ts';
import type { Workload } from './workload.ts';

/** After a race that was lost to another replica, at most: twice as long each time, up to the longest. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 160;

export interface Spends {
  /**
   * Counts one call of a pod that these made, once. `full`: there is no room for the count of one more workload. Rejects where
   * it could not be counted for as long as its sidecar waits.
   */
  spend(policyUid: string, workloads: readonly Workload[], ask: Ask): Promise<SpendResponse | 'full'>;
  /** Deletes the counts in which nothing counts any more. */
  sweep(): Promise<void>;
}

interface Asked {
  readonly policyUid: string;
  readonly workloads: readonly Workload[];
  readonly ask: Ask;
  /** When its sidecar waits no longer: what is counted after that is not made. */
  readonly untilMs: number;
}

export function keepSpends(kube: KubeApi, namespace: string, withinMs = SPEND_WITHIN_MS): Spends {
  const maps = countMaps(kube, namespace);

  /**
   * The counts of a ReplicaSet and its Deployment are both written over what was read of both: of two that share either, the later
   * one has read what the earlier wrote, or loses. The Deployment's comes first, for most share that: who loses it has left
   * nothing. Undefined: it has lost.
   */
  async function attempt(
    { policyUid, workloads }: Asked,
    asks: readonly Ask[],
  ): Promise<readonly SpendResponse[] | 'full' | undefined> {
    const held = await Promise.all(workloads.map((workload) => maps.read(policyUid, workload)));
    // After them: what was read was written before.
    const nowMs = await serverTimeMs(kube);
    const kept = held.map(({ lines }) => lines);
    const { answers, next } = countIn(kept, asks, nowMs);
    if (next === undefined) return answers;
    const isNew = ({ object }: HeldCount) => object === undefined;
    const isFull = held.some(isNew) && !(await maps.hasRoom(policyUid));
    if (isFull && held.every(isNew)) return 'full';
    const overMs = Math.max(...asks.map(({ budgets }) => overAtMs(budgets, nowMs)));
    for (const [at, lines] of [...next.entries()].toReversed()) {
      const count = held[at] as HeldCount;
      // A new ReplicaSet goes on with the count of its Deployment alone.
      if (isFull && isNew(count)) continue;
      const outcome = await maps.write(count, lines, overMs);
      if (outcome.kind !== 'done') return undefined;
    }
    return answers;
  }

  /** By Audit-ID. */
  const counted = gathered(async (_key: string, all: readonly Asked[]) => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const [first, ...others] = all.filter(({ untilMs }) => performance.now() < untilMs);
      if (first === undefined) throw new Error('a count was lost to other replicas for too long');
      const asks = [first, ...others].map(({ ask }) => ask);
      const answers = await attempt(first, asks);
      if (answers === 'full') return answers;
      if (answers !== undefined) return new Map(asks.map(({ auditId }, at) => [auditId, answers[at]]));
      await after(Math.random() * pauseMs);
    }
  });

  return {
    async spend(policyUid, workloads, ask) {
      const uids = workloads.map(({ uid }) => uid);
      const asked = { policyUid, workloads, ask, untilMs: performance.now() + withinMs };
      // The ReplicaSets of a Deployment take turns, or they would race for its count.
      const answers = await counted([policyUid, ...uids].join(' '), asked, `${policyUid} ${uids.at(-1)}`);
      const answer = answers === 'full' ? answers : answers.get(ask.auditId);
      if (answer === undefined) throw new Error('a call was not counted for as long as its sidecar waits');
      return answer;
    },
    sweep: maps.sweep,
  };
}
