// The caches that the controller keeps: AgentPolicies and Grants of all namespaces, each read by its strict schema, and the
// ConfigMaps of standing lifetimes in its own.
import type { AgentPolicy } from '../policy/kinds/agent-policy.ts';
import type { Grant } from '../policy/kinds/grant.ts';
import type { Parsed } from '../policy/kinds/parse-strictly.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { KubeApi, KubeObject } from './kube/api.ts';
import { type Cache, startCache } from './kube/cache.ts';
import { pathOf } from './kube/paths.ts';
import { readGrant, readPolicy } from './read-kind.ts';
import { STANDING_LABEL } from './sidecars/standing.ts';
import { type Lines, linesOf } from './sidecars/standing-lines.ts';

type OnChange = (changed: readonly KubeObject[]) => void;

export interface Caches {
  readonly policies: Cache<Parsed<AgentPolicy>>;
  readonly grants: Cache<Parsed<Grant>>;
  readonly standing: Cache<Lines>;
}

export function startCaches(
  { kube, namespace, log }: { kube: KubeApi; namespace: string; log: Logger },
  on: { policies: OnChange; grants: OnChange },
): Caches {
  const common = { kube, log };
  return {
    policies: startCache({
      ...common,
      what: 'AgentPolicies',
      path: (query) => pathOf('agentpolicies', { query }),
      read: readPolicy,
      onChange: on.policies,
    }),
    grants: startCache({
      ...common,
      what: 'Grants',
      path: (query) => pathOf('grants', { query }),
      read: readGrant,
      onChange: on.grants,
    }),
    standing: startCache({
      ...common,
      what: 'ConfigMaps of standing lifetimes',
      label: STANDING_LABEL,
      path: (query) =>
        pathOf('configmaps', { namespace, query: { ...query, labelSelector: STANDING_LABEL } }),
      read: linesOf,
      onChange: () => {},
    }),
  };
}

/** Those that the strict schema understands; the others give nothing. */
export function valid<T>(cache: Cache<Parsed<T>>): T[] {
  return cache.all().flatMap(({ read }) => (read.kind === 'valid' ? [read.value] : []));
}
