// What this replica says of agents, composed: to their sidecars on streams, and to the API server where it asks about what they
// write. Both from the same caches, by the same function, and only while these are proven.
import type { Logger } from '../telemetry/logger.ts';
import type { ControllerConfig } from './environment.ts';
import { type AgentFacts, agentFacts } from './guard/agents.ts';
import { type Guard, startGuard } from './guard/keeping.ts';
import type { Caches } from './kinds.ts';
import type { KubeApi } from './kube/api.ts';
import { lookAgain } from './sidecars/agent.ts';
import { CUT_OFF } from './sidecars/entitlements.ts';
import { messageFor, standingPolicy } from './sidecars/message.ts';
import { type Proof, watchProof } from './sidecars/proof.ts';
import { keepStanding, type Standing } from './sidecars/standing.ts';
import { type Streams, startStreams } from './sidecars/streams.ts';

export interface Telling {
  readonly streams: Streams;
  readonly proof: Proof;
  readonly standing: Standing;
  readonly guard: Guard;
  readonly agents: AgentFacts;
}

export interface TellingOptions {
  readonly kube: KubeApi;
  readonly config: Pick<ControllerConfig, 'namespace' | 'service' | 'webhooks'>;
  readonly caches: Caches;
  /** PEM. */
  readonly controlRoots: () => string;
  readonly log: Logger;
}

export function startTelling({ kube, config, caches, controlRoots, log }: TellingOptions): Telling {
  const { namespace, service, webhooks } = config;
  const { policies, grants } = caches;
  const standing = keepStanding({ kube, namespace, cache: caches.standing, log });
  const guard = startGuard({
    kube,
    log,
    name: `${webhooks}-workloads`,
    service: { name: service, namespace },
    policies,
    controlRoots,
    onChange: (namespaces) => streams.changed(namespaces),
  });
  const { isGuarded } = guard;
  const sources = { policies, grants, controlRoots, systemNamespace: namespace, isGuarded };
  const streams = startStreams({
    log,
    lookAgain: (agent) => lookAgain(kube, agent),
    async standingOf(agent) {
      const policyUid = standingPolicy(agent, sources)?.metadata.uid;
      if (policyUid === undefined || agent.kind === 'gone') return undefined;
      return { policyUid, atEpochMs: await standing.startOf(policyUid, agent.workloads, Date.now()) };
    },
    message: (agent, started) =>
      messageFor(agent, started, sources, { monotonicMs: performance.now(), epochMs: Date.now() }),
  });
  const proof = watchProof([policies, grants], () => streams.end(CUT_OFF));
  return { streams, proof, standing, guard, agents: agentFacts({ kube, sources, standing, proof }) };
}
