// What the webhooks ask of the API server before they decide: always there and then, never of a cache, which may not yet
// know of what was written a moment ago.
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import { parseAgentPolicy } from '../../policy/kinds/parse.ts';
import { mayApprove } from '../identity/reviews.ts';
import { found, type KubeApi, type KubeObject } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';
import type { GrantFacts } from './grants.ts';
import type { PolicyFacts } from './policies.ts';

/** `own`: what the controller runs as, and where. */
export function webhookFacts(
  kube: KubeApi,
  own: { namespace: string; serviceAccount: string },
): PolicyFacts & GrantFacts {
  return {
    controller: `system:serviceaccount:${own.namespace}:${own.serviceAccount}`,
    neverInjected: [own.namespace, 'kube-system'],
    mayApprove: (user, policy) => mayApprove(kube, user, policy),
    async readNamespace(name) {
      const outcome = await kube.call('GET', pathOf('namespaces', { name }));
      return outcome.kind === 'done' ? outcome.object : undefined;
    },
    async readPolicies(namespace) {
      const path = pathOf('agentpolicies', { namespace });
      const { items } = found(
        await kube.call<{ items: readonly KubeObject[] }>('GET', path),
        'AgentPolicies',
      );
      return items
        .map(parseAgentPolicy)
        .flatMap((each): AgentPolicy[] => (each.kind === 'valid' ? [each.value] : []));
    },
  };
}
