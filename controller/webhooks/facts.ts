// What the webhooks ask of the API server before they decide: always there and then, never of a cache, which may not yet
// know of what was written a moment ago.
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import { mayApprove } from '../identity/reviews.ts';
import { isInjected } from '../injected.ts';
import { found, type KubeApi, type KubeObject } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';
import { readPolicy } from '../read-kind.ts';
import type { GrantFacts } from './grants.ts';
import type { PolicyFacts } from './policies.ts';

interface GrantPage {
  readonly items: readonly KubeObject[];
  readonly metadata: { readonly remainingItemCount?: number };
}

/** `own`: what the controller runs as, and where. */
export function webhookFacts(
  kube: KubeApi,
  own: { namespace: string; serviceAccount: string },
): PolicyFacts & GrantFacts {
  return {
    controller: `system:serviceaccount:${own.namespace}:${own.serviceAccount}`,
    mayApprove: (user, policy) => mayApprove(kube, user, policy),
    isInjected: (namespace) => isInjected(kube, own.namespace, namespace),
    /** Of one page with one item; the API server counts the rest where a list has no selector. */
    async countGrants(namespace) {
      const path = pathOf('grants', { namespace, query: { limit: '1' } });
      const { items, metadata } = found(await kube.call<GrantPage>('GET', path), 'Grants');
      return items.length + (metadata.remainingItemCount ?? 0);
    },
    async readPolicies(namespace) {
      const path = pathOf('agentpolicies', { namespace });
      const { items } = found(
        await kube.call<{ items: readonly KubeObject[] }>('GET', path),
        'AgentPolicies',
      );
      return items
        .map(readPolicy)
        .flatMap((each): AgentPolicy[] => (each.kind === 'valid' ? [each.value] : []));
    },
  };
}
