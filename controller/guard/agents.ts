// Whose call it is that the API server asks about, and what that agent may do at this moment: by what this replica holds, as
// its sidecar is told it. What is not known is nothing.
import { setTimeout as after } from 'node:timers/promises';
import { type Entitlements, receiveSnapshot } from '../../policy/entitlements.ts';
import { governing } from '../../policy/take-snapshot.ts';
import type { UserInfo } from '../identity/reviews.ts';
import { valid } from '../kinds.ts';
import type { KubeApi } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';
import { isLiving, type SeenAgent } from '../sidecars/agent.ts';
import { messageFor, type Sources, type Started, standingPolicy } from '../sidecars/message.ts';
import type { Proof } from '../sidecars/proof.ts';
import type { Standing } from '../sidecars/standing.ts';
import { workloadsOf } from '../sidecars/workload.ts';

export type Asking =
  /** No policy governs it: what it writes is not ours to judge. */
  | { readonly kind: 'other' }
  | { readonly kind: 'agent'; readonly entitlements: Entitlements; readonly nowMs: number }
  /** This replica cannot prove what it holds. */
  | { readonly kind: 'unproven' };

export interface AgentFacts {
  /** Asks the API server about the pod; rejects where it does not answer. */
  askedBy(user: UserInfo): Promise<Asking>;
}

export interface AgentFactsDeps {
  readonly kube: KubeApi;
  readonly sources: Sources;
  readonly standing: Pick<Standing, 'knownStart'>;
  readonly proof: Pick<Proof, 'stands'>;
}

const SERVICE_ACCOUNT = /^system:serviceaccount:(?<namespace>[^:]+):(?<serviceAccount>[^:]+)$/;
/** Of a token that is bound to a pod: apiserver/pkg/authentication/serviceaccount/util.go. */
const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';

/** After a list that began so lately no newer one is asked for: accounts that nobody governs may write without end. */
const RECENT_MS = 1_000;

export function agentFacts({ kube, sources, standing, proof }: AgentFactsDeps): AgentFacts {
  const isGoverned = (agent: { namespace: string; serviceAccount: string }) =>
    governing(valid(sources.policies), agent).length > 0;

  /** Without a pod that lives, one that has no Grant and whose standing lifetime has ended. */
  async function podOf(account: { namespace: string; serviceAccount: string }, user: UserInfo) {
    const seenAtMs = performance.now();
    const nobody: SeenAgent = { ...account, kind: 'living', pod: '', uid: '', workloads: [], seenAtMs };
    const [name, uid] = [POD_NAME, POD_UID].map((key) => user.extra?.[key]?.[0] ?? '');
    if (!name || !uid) return nobody;
    const path = pathOf('pods', { namespace: account.namespace, name });
    const outcome = await kube.call('GET', path);
    if (outcome.kind !== 'done' || !isLiving(outcome.object, uid)) return nobody;
    return { ...nobody, pod: name, uid, workloads: await workloadsOf(kube, outcome.object) };
  }

  function startOf(agent: SeenAgent, epochMs: number): Started | undefined {
    const policyUid = standingPolicy(agent, sources)?.metadata.uid;
    if (policyUid === undefined || agent.workloads.length === 0) return undefined;
    const atEpochMs = standing.knownStart(policyUid, agent.workloads, epochMs);
    return atEpochMs === undefined ? undefined : { policyUid, atEpochMs };
  }

  return {
    async askedBy(user) {
      const { namespace, serviceAccount } = SERVICE_ACCOUNT.exec(user.username)?.groups ?? {};
      if (namespace === undefined || serviceAccount === undefined) return { kind: 'other' };
      const account = { namespace, serviceAccount };
      // A policy that this replica has not heard of yet may be why it is asked: who is governed by none waits for a list that
      // began after the question, and lists begin no more often than this.
      if (!isGoverned(account)) {
        const sinceMs = performance.now() - sources.policies.provenAtMs();
        if (sinceMs < RECENT_MS) await after(RECENT_MS - sinceMs);
        if ((await sources.policies.refresh()) === 'failed') return { kind: 'unproven' };
      }
      if (!proof.stands()) return { kind: 'unproven' };
      if (!isGoverned(account)) return { kind: 'other' };
      const agent = await podOf(account, user);
      const now = { monotonicMs: performance.now(), epochMs: Date.now() };
      const message = messageFor(agent, startOf(agent, now.epochMs), sources, now);
      if (message === undefined) return { kind: 'unproven' };
      const entitlements = receiveSnapshot(message.snapshot, now.monotonicMs);
      return { kind: 'agent', entitlements, nowMs: now.monotonicMs };
    },
  };
}
