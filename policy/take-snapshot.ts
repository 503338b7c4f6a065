// From a pod's policy and Grants to what holds for it now, as one snapshot. Shared by the controller and `chaperone run`.
// What is doubtful holds nothing: two policies, an object being deleted, a Grant beyond its scope or without an end.
import { parseDuration } from './duration.ts';
import type { AgentPolicy } from './kinds/agent-policy.ts';
import type { Grant } from './kinds/grant.ts';
import { giftOf } from './narrower.ts';
import { type Held, type HeldGrant, MAX_GRANTS, type Snapshot } from './snapshot.ts';

/** What a snapshot is taken of. Policies and Grants have passed kinds/parse.ts; those of other agents are left out here. */
export interface Facts {
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly serviceAccount: string;
  readonly policies: readonly AgentPolicy[];
  readonly grants: readonly Grant[];
  /** Of the standing lifetime, for this pod's workload under its policy; 0 or less when it has ended. */
  readonly standingRemainingMs: number;
  readonly leaseMs: number;
  readonly systemNamespace: string;
  /** Whether the workload guard is in force for the agent. */
  readonly guarded: boolean;
  /** Wall clock, epoch: what `status.expiresAt` is compared with. */
  readonly nowEpochMs: number;
}

export function takeSnapshot(facts: Facts): Snapshot {
  const { pod, serviceAccount, leaseMs, systemNamespace, guarded } = facts;
  return {
    leaseMs,
    namespace: pod.namespace,
    pod: pod.name,
    podUid: pod.uid,
    serviceAccount,
    systemNamespace,
    guarded,
    held: hold(facts),
  };
}

/** The policies that govern a ServiceAccount: one, or the agent may do nothing. */
export function governing(
  policies: readonly AgentPolicy[],
  agent: { readonly namespace: string; readonly serviceAccount: string },
): AgentPolicy[] {
  return policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === agent.namespace &&
      metadata.deletionTimestamp === undefined &&
      spec.agents.serviceAccounts.includes(agent.serviceAccount),
  );
}

function hold(facts: Facts): Held {
  const policies = governing(facts.policies, { ...facts.pod, serviceAccount: facts.serviceAccount });
  const [policy, ...others] = policies;
  if (policy === undefined) return { kind: 'none' };
  if (others.length > 0)
    return { kind: 'conflict', policies: policies.map(({ metadata }) => metadata.name).slice(0, MAX_GRANTS) };
  const { mode, standing, never, scopes, budgets, masking } = policy.spec;
  return {
    kind: 'policy',
    name: policy.metadata.name,
    ...(mode && { mode }),
    ...(standing && {
      standing: { remainingMs: within(facts.standingRemainingMs, standing.lifetime), rules: standing.rules },
    }),
    ...(never && { never }),
    ...(scopes && { scopes }),
    ...(budgets && { budgets }),
    ...(masking && { masking }),
    grants: facts.grants
      .flatMap((grant) => holdGrant(grant, policy, facts))
      .sort((a, b) => b.remainingMs - a.remainingMs)
      .slice(0, MAX_GRANTS),
  };
}

/** A Grant of this pod, live or ended (a refusal then names it); none where it gives nothing. */
function holdGrant(grant: Grant, policy: AgentPolicy, { pod, nowEpochMs }: Facts): HeldGrant[] {
  const { metadata, spec, status } = grant;
  const isOurs =
    metadata.namespace === pod.namespace &&
    metadata.deletionTimestamp === undefined &&
    spec.pod.name === pod.name &&
    spec.pod.uid === pod.uid &&
    spec.policy === policy.metadata.name;
  const gift = giftOf(grant, policy);
  const isKept = status?.phase === 'Active' || status?.phase === 'Ended';
  if (!isOurs || gift.kind === 'nothing' || !isKept || status.expiresAt === undefined) return [];
  const left = status.phase === 'Ended' ? 0 : Date.parse(status.expiresAt) - nowEpochMs;
  const remainingMs = within(left, spec.duration);
  return [{ name: metadata.name, task: spec.task, scope: spec.scope, remainingMs, rules: [...gift.rules] }];
}

/** Whole milliseconds, at least none and at most a duration, whatever an object or a clock says. */
function within(ms: number, duration: string): number {
  const most = parseDuration(duration) ?? 0;
  return Number.isFinite(ms) ? Math.max(0, Math.min(most, Math.floor(ms))) : 0;
}
