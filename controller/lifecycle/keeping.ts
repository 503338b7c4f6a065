// Writes the statuses of AgentPolicies and Grants, whatever they should say now (policy-status.ts, grant-status.ts), and
// deletes what nobody needs any more: on the replica that leads, and by compare-and-set, so that twice is once.
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import type { Parsed } from '../../policy/kinds/parse-strictly.ts';
import { giftOf } from '../../policy/narrower.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { valid } from '../kinds.ts';
import type { KubeApi } from '../kube/api.ts';
import type { Cache, Kept } from '../kube/cache.ts';
import { type Loop, startLoop } from '../kube/loop.ts';
import { pathOf } from '../kube/paths.ts';
import { readPolicy } from '../read-kind.ts';
import { isLiving } from '../sidecars/agent.ts';
import type { Spends } from '../sidecars/spends.ts';
import type { Standing } from '../sidecars/standing.ts';
import type { Conditions } from './conditions.ts';
import { type GrantStatus, grantStatus, isFinal } from './grant-status.ts';
import { policyConditions } from './policy-status.ts';
import { outlived } from './retention.ts';
import { writesOf } from './writes.ts';

/** How late the end of a pod is seen on its Grants; what they gave ends with the pod itself. */
const THOROUGH_EVERY_MS = 30_000;
/** A count in which nothing counts any more costs its few kilobytes, and nothing else. */
const SWEEP_COUNTS_EVERY_MS = 600_000;

export interface LifecycleOptions {
  readonly kube: KubeApi;
  readonly policies: Cache<Parsed<AgentPolicy>>;
  readonly grants: Cache<Parsed<Grant>>;
  readonly standing: Standing;
  readonly spends: Pick<Spends, 'sweep'>;
  /** Whether this replica leads: the others look on. */
  readonly leading: () => boolean;
  readonly log: Logger;
}

/** Poke it when a policy or a Grant has changed, and when this replica has come to lead. */
export function startLifecycle(options: LifecycleOptions): Loop {
  const { kube, policies, grants, standing, spends, leading, log } = options;
  const writes = writesOf(kube, leading);
  let thoroughAtMs = Number.NEGATIVE_INFINITY;
  let sweptAtMs = Number.NEGATIVE_INFINITY;

  async function keepPolicies(failures: unknown[]): Promise<void> {
    const all = valid(policies);
    for (const { object, read } of policies.all()) {
      const status = (object.status ?? {}) as { conditions?: Conditions };
      const inNamespace = all.filter(({ metadata }) => metadata.namespace === object.metadata.namespace);
      const facts = { generation: object.metadata.generation ?? 0, nowEpochMs: Date.now() };
      const conditions = policyConditions(status.conditions ?? [], read, inNamespace, facts);
      await writes.status('agentpolicies', object, { conditions }).catch((error) => failures.push(error));
    }
  }

  /** Returns when the next one ends, epoch ms. */
  async function keepGrants(failures: unknown[]): Promise<number> {
    const isThorough = performance.now() - thoroughAtMs >= THOROUGH_EVERY_MS;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const kept of grants.all()) {
      const before = (kept.object.status ?? {}) as GrantStatus;
      if (isFinal(before) || kept.object.metadata.deletionTimestamp !== undefined) continue;
      const endsMs = Date.parse(before.expiresAt ?? '');
      const isDue = before.phase !== 'Active' || isThorough || !(Date.now() < endsMs) || !isGiven(kept);
      try {
        const status = isDue ? await keepGrant(kept, before) : before;
        if (status.phase === 'Active') nextMs = Math.min(nextMs, Date.parse(status.expiresAt ?? ''));
      } catch (error) {
        failures.push(error);
      }
    }
    if (isThorough) thoroughAtMs = performance.now();
    return nextMs;
  }

  /** What the cache says; a no is asked again of the API server, since the caches are not of one moment. */
  function isGiven({ object, read }: Kept<Parsed<Grant>>): boolean {
    if (read.kind === 'invalid') return false;
    return valid(policies).some(
      (policy) =>
        policy.metadata.namespace === object.metadata.namespace &&
        policy.metadata.name === read.value.spec.policy &&
        policy.metadata.deletionTimestamp === undefined &&
        giftOf(read.value, policy).kind === 'gives',
    );
  }

  async function keepGrant({ object, read }: Kept<Parsed<Grant>>, before: GrantStatus): Promise<GrantStatus> {
    const { namespace = '', creationTimestamp = '' } = object.metadata;
    const [policy, pod] =
      read.kind === 'invalid'
        ? [undefined, 'gone' as const]
        : await surroundings(kube, namespace, read.value);
    const around = { policy, pod, createdMs: Date.parse(creationTimestamp), nowEpochMs: Date.now() };
    const status = grantStatus(read, before, around);
    await writes.status('grants', object, status);
    return status;
  }

  async function sweep(failures: unknown[]): Promise<void> {
    const uids = policies.all().flatMap(({ object }) => object.metadata.uid ?? []);
    if (leading()) await standing.sweep(new Set(uids), Date.now()).catch((error) => failures.push(error));
    if (leading() && performance.now() - sweptAtMs >= SWEEP_COUNTS_EVERY_MS) {
      sweptAtMs = performance.now();
      await spends.sweep().catch((error) => failures.push(error));
    }
    for (const { object } of outlived(grants.all(), Date.now()))
      await writes.deleteGrant(object).catch((error) => failures.push(error));
  }

  async function pass(): Promise<number> {
    if (!leading()) return THOROUGH_EVERY_MS;
    await Promise.all([policies.filled, grants.filled]);
    // One object that cannot be written must not hold up the others.
    const failures: unknown[] = [];
    await keepPolicies(failures);
    const nextMs = await keepGrants(failures);
    await sweep(failures);
    if (failures.length > 0) throw failures[0];
    return Math.max(0, Math.min(THOROUGH_EVERY_MS, nextMs - Date.now()));
  }

  return startLoop({ what: 'keeping statuses', pass, log });
}

async function surroundings(
  kube: KubeApi,
  namespace: string,
  { spec }: Grant,
): Promise<[AgentPolicy | undefined, 'living' | 'gone']> {
  const [policy, pod] = await Promise.all([
    kube.call('GET', pathOf('agentpolicies', { namespace, name: spec.policy })),
    kube.call('GET', pathOf('pods', { namespace, name: spec.pod.name })),
  ]);
  const parsed = policy.kind === 'done' ? readPolicy(policy.object) : undefined;
  const isHeld = parsed?.kind === 'valid' && parsed.value.metadata.deletionTimestamp === undefined;
  const lives = pod.kind === 'done' && isLiving(pod.object, spec.pod.uid);
  return [isHeld ? parsed.value : undefined, lives ? 'living' : 'gone'];
}
