// When the standing lifetime of a workload under a policy began: its first attestation by the API server's clock, written once
// and by compare-and-set. A ConfigMap a policy (by UID) in chaperone's own namespace holds one line a workload, and one a
// ReplicaSet of it, so that an orphaned one begins nothing anew; deleting the lines renews it.
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../telemetry/logger.ts';
import { gathered } from '../gathered.ts';
import { found, type KubeApi } from '../kube/api.ts';
import type { Cache, Kept } from '../kube/cache.ts';
import { serverTimeMs } from '../kube/clock.ts';
import { pathOf } from '../kube/paths.ts';
import {
  dataOf,
  type Lines,
  linesOf,
  MAX_WORKLOADS,
  type Start,
  startIn,
  withWorkloads,
} from './standing-lines.ts';
import { madeAtMs, type Workload } from './workload.ts';

export const STANDING_LABEL = 'chaperone.dev/standing';

/** Lost races before giving up, each one to another replica; the next renewal tries again. */
const MAX_ATTEMPTS = 5;

const SWEEP_AFTER_MS = 3_600_000;

export interface Standing {
  /** The earliest of these, never later than now; wall clock, epoch ms. Begins those that have not begun. */
  startOf(policyUid: string, workloads: readonly Workload[], nowMs: number): Promise<number>;
  /** As `startOf`, of what is held: begins nothing, and does not know what it would have to ask. */
  knownStart(policyUid: string, workloads: readonly Workload[], nowMs: number): number | undefined;
  /** Deletes what is kept for policies other than these, once it is old enough not to belong to a new one. */
  sweep(policyUids: ReadonlySet<string>, nowMs: number): Promise<void>;
}

export interface StandingOptions {
  readonly kube: KubeApi;
  readonly namespace: string;
  readonly cache: Cache<Lines>;
  readonly log: Logger;
}

/** What is kept, and the API server's time after it was read. */
interface Known {
  readonly lines: Lines;
  readonly nowMs: number;
}

export function keepStanding({ kube, namespace, cache, log }: StandingOptions): Standing {
  const nameOf = (policyUid: string) => `chaperone-standing-${policyUid}`;
  const saidFull = new Set<string>();

  /** Each of `each` makes one pod, and gets its lines where there is room. */
  async function write(policyUid: string, each: readonly (readonly Workload[])[]): Promise<Known> {
    const name = nameOf(policyUid);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const outcome = await kube.call('GET', pathOf('configmaps', { namespace, name }));
      const stored = outcome.kind === 'absent' ? undefined : found(outcome, `ConfigMap ${name}`);
      const nowMs = await serverTimeMs(kube);
      const before: Lines = stored === undefined ? new Map() : linesOf(stored);
      const lines = withWorkloads(before, each, nowMs);
      if (isDeepStrictEqual(lines, before)) return { lines, nowMs };
      const metadata = stored?.metadata ?? { name, namespace, labels: { [STANDING_LABEL]: policyUid } };
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: dataOf(lines) };
      const answer =
        stored === undefined
          ? await kube.call('POST', pathOf('configmaps', { namespace }), object)
          : await kube.call('PUT', pathOf('configmaps', { namespace, name }), object);
      if (answer.kind === 'done') {
        void cache.refresh();
        return { lines, nowMs };
      }
    }
    throw new Error(`ConfigMap ${name}: lost ${MAX_ATTEMPTS} races for it`);
  }

  const written = gathered(write);

  async function begin(policyUid: string, workloads: readonly Workload[]): Promise<Start> {
    const { lines, nowMs } = await written(policyUid, workloads);
    const start = startIn(lines, workloads, nowMs);
    if (start === undefined) throw new Error(`ConfigMap ${nameOf(policyUid)}: written without a workload`);
    return start;
  }

  function known(policyUid: string, workloads: readonly Workload[], nowMs: number): Start | undefined {
    const held = cache.all().find(({ object }) => object.metadata.name === nameOf(policyUid));
    return held && startIn(held.read, workloads, nowMs);
  }

  function sayFull(policyUid: string, { text }: Workload): void {
    if (saidFull.has(policyUid)) return;
    saidFull.add(policyUid);
    log.warn('no room for another standing lifetime: such workloads count from the oldest that is kept', {
      configMap: nameOf(policyUid),
      lines: MAX_WORKLOADS,
      workload: text,
    });
  }

  return {
    knownStart: (policyUid, workloads, nowMs) => known(policyUid, workloads, nowMs)?.startMs,
    async startOf(policyUid, workloads, nowMs) {
      const start = known(policyUid, workloads, nowMs) ?? (await begin(policyUid, workloads));
      const [workload] = workloads;
      if (start.kind === 'own' || workload === undefined) return Math.min(start.startMs, nowMs);
      const madeMs = await madeAtMs(kube, workload);
      if (madeMs === undefined) sayFull(policyUid, workload);
      return Math.min(madeMs ?? start.startMs, nowMs);
    },
    async sweep(policyUids, nowMs) {
      const isStale = ({ object: { metadata } }: Kept<Lines>) =>
        !policyUids.has(metadata.labels?.[STANDING_LABEL] ?? '') &&
        nowMs - Date.parse(metadata.creationTimestamp ?? '') > SWEEP_AFTER_MS;
      for (const { object } of cache.all().filter(isStale)) {
        const { name, uid, resourceVersion } = object.metadata;
        await kube.call('DELETE', pathOf('configmaps', { namespace, name }), {
          preconditions: { uid, resourceVersion },
        });
      }
    },
  };
}
