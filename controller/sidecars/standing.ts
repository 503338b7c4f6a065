// When the standing lifetime of a workload under a policy began: its first attestation, written once and by compare-and-set.
// A ConfigMap a policy (by UID) in chaperone's own namespace holds one line a workload, and one a ReplicaSet of it, so that
// an orphaned one begins nothing anew; deleting the lines renews it.

import { found, type KubeApi, type KubeObject } from '../kube/api.ts';
import type { Cache, Kept } from '../kube/cache.ts';
import { pathOf } from '../kube/paths.ts';
import type { Workload } from './workload.ts';

export const STANDING_LABEL = 'chaperone.dev/standing';

/**
 * A line is bounded (workload.ts), so that all of them fit into what a ConfigMap holds. Beyond it the oldest goes.
 * Whoever could make that many workloads under the agent's ServiceAccount has had as many fresh lifetimes already.
 */
export const MAX_WORKLOADS = 2048;

/** Lost races before giving up; the next renewal tries again. */
const MAX_ATTEMPTS = 5;

/** `<RFC 3339> <kind> <namespace>/<name>` by the workload's UID. */
export type Lines = Readonly<Record<string, string>>;

export interface Standing {
  /** The earliest of these; wall clock, epoch ms. Begins those that have not begun, then. */
  startOf(policyUid: string, workloads: readonly Workload[], nowMs: number): Promise<number>;
  /** Deletes what is kept for policies other than these, once it is old enough not to belong to a new one. */
  sweep(policyUids: ReadonlySet<string>, nowMs: number): Promise<void>;
}

const SWEEP_AFTER_MS = 3_600_000;

function readLine(line: string | undefined): number | undefined {
  const [at = ''] = (line ?? '').split(' ');
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? undefined : ms;
}

/** When the first of these began that has; undefined where none has. */
export function began(lines: Lines, workloads: readonly Workload[]): number | undefined {
  const starts = workloads.flatMap(({ uid }) => readLine(lines[uid]) ?? []);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** The lines with these added that are missing, and the oldest left out where there would be too many. */
export function withWorkloads(lines: Lines, workloads: readonly Workload[], startMs: number): Lines {
  const missing = workloads.filter(({ uid }) => readLine(lines[uid]) === undefined);
  const added = missing.map(({ uid, text }) => [uid, `${new Date(startMs).toISOString()} ${text}`] as const);
  const kept = Object.entries(lines)
    .sort(([, one], [, other]) => (one < other ? 1 : -1))
    .slice(0, MAX_WORKLOADS - added.length);
  return Object.fromEntries([...kept, ...added]);
}

export function keepStanding(kube: KubeApi, namespace: string, cache: Cache<Lines>): Standing {
  const nameOf = (policyUid: string) => `chaperone-standing-${policyUid}`;

  const isWhole = (lines: Lines, workloads: readonly Workload[]) =>
    workloads.every(({ uid }) => readLine(lines[uid]) !== undefined);

  async function begin(policyUid: string, workloads: readonly Workload[], nowMs: number): Promise<number> {
    const name = nameOf(policyUid);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const outcome = await kube.call('GET', pathOf('configmaps', { namespace, name }));
      const stored = outcome.kind === 'absent' ? undefined : found(outcome, `ConfigMap ${name}`);
      const lines = stored === undefined ? {} : linesOf(stored);
      const startMs = began(lines, workloads) ?? nowMs;
      if (isWhole(lines, workloads)) return startMs;
      const data = withWorkloads(lines, workloads, startMs);
      const metadata = stored?.metadata ?? { name, namespace, labels: { [STANDING_LABEL]: policyUid } };
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
      const written =
        stored === undefined
          ? await kube.call('POST', pathOf('configmaps', { namespace }), object)
          : await kube.call('PUT', pathOf('configmaps', { namespace, name }), object);
      if (written.kind === 'done') {
        void cache.refresh();
        return startMs;
      }
    }
    throw new Error(`ConfigMap ${name}: lost ${MAX_ATTEMPTS} races for it`);
  }

  return {
    async startOf(policyUid, workloads, nowMs) {
      const held = cache.all().find(({ object }) => object.metadata.name === nameOf(policyUid));
      const lines = held?.read ?? {};
      const startMs = isWhole(lines, workloads) ? began(lines, workloads) : undefined;
      return startMs ?? begin(policyUid, workloads, nowMs);
    },
    async sweep(policyUids, nowMs) {
      const isStale = ({ object: { metadata } }: Kept<Lines>) =>
        !policyUids.has(metadata.labels?.[STANDING_LABEL] ?? '') &&
        nowMs - Date.parse(metadata.creationTimestamp ?? '') > SWEEP_AFTER_MS;
      for (const { object } of cache.all().filter(isStale)) {
        await kube.call('DELETE', pathOf('configmaps', { namespace, name: object.metadata.name }));
      }
    },
  };
}

export const linesOf = (object: KubeObject): Lines => (object as { data?: Lines }).data ?? {};
