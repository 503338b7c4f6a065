// What one sidecar is told: the snapshot of what its agent may do now, with its lease. A function of what is held at this
// moment; nothing is asked, so that a revocation goes out also while the API server does not answer.

import { parseDuration } from '../../policy/duration.ts';
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import type { Parsed } from '../../policy/kinds/parse-strictly.ts';
import { governing, takeSnapshot } from '../../policy/take-snapshot.ts';
import type { EntitlementsMessage } from '../../wire/entitlements.ts';
import { valid } from '../kinds.ts';
import type { Cache } from '../kube/cache.ts';
import type { SeenAgent } from './agent.ts';
import { leaseOf } from './lease.ts';

export interface Sources {
  readonly policies: Cache<Parsed<AgentPolicy>>;
  readonly grants: Cache<Parsed<Grant>>;
  /** PEM. */
  readonly controlRoots: () => string;
  readonly systemNamespace: string;
  /** Whether the API server asks the workload guard about the agents of a namespace. */
  readonly isGuarded: (namespace: string) => boolean;
}

/** When the agent's workload was first attested under this policy; wall clock, epoch ms. */
export interface Started {
  readonly policyUid: string;
  readonly atEpochMs: number;
}

/** The policy whose standing lifetime counts for this agent: there is one, and it has standing rules. */
export function standingPolicy(agent: SeenAgent, { policies }: Sources): AgentPolicy | undefined {
  const [policy, ...others] = governing(valid(policies), agent);
  return others.length === 0 && policy?.spec.standing !== undefined ? policy : undefined;
}

/** `undefined`: no lease may be given now. */
export function messageFor(
  agent: SeenAgent,
  started: Started | undefined,
  sources: Sources,
  now: { monotonicMs: number; epochMs: number },
): EntitlementsMessage | undefined {
  const { policies, grants, controlRoots, systemNamespace, isGuarded } = sources;
  const proofs = { policiesMs: policies.provenAtMs(), grantsMs: grants.provenAtMs(), podMs: agent.seenAtMs };
  const leaseMs = leaseOf(proofs, now.monotonicMs);
  if (leaseMs === undefined) return undefined;
  const lives = agent.kind === 'living';
  const { namespace, serviceAccount, pod, uid } = agent;
  return {
    kind: 'snapshot',
    policyResourceVersion: policies.resourceVersion(),
    grantsResourceVersion: grants.resourceVersion(),
    controlRoots: controlRoots(),
    snapshot: takeSnapshot({
      pod: { namespace, name: pod, uid },
      serviceAccount,
      policies: lives ? valid(policies) : [],
      grants: lives ? valid(grants).filter(({ spec }) => spec.pod.uid === uid) : [],
      standingRemainingMs: standingRemaining(agent, started, sources, now.epochMs),
      leaseMs,
      systemNamespace,
      guarded: isGuarded(namespace),
      nowEpochMs: now.epochMs,
    }),
  };
}

/** 0 until it is known when it began. */
function standingRemaining(
  agent: SeenAgent,
  started: Started | undefined,
  sources: Sources,
  epochMs: number,
): number {
  const policy = standingPolicy(agent, sources);
  const lifetimeMs = parseDuration(policy?.spec.standing?.lifetime ?? '');
  if (lifetimeMs === undefined || started === undefined || started.policyUid !== policy?.metadata.uid)
    return 0;
  return started.atEpochMs + lifetimeMs - epochMs;
}
