// Whether the webhooks see the pods of a namespace: the label by which it opts in, and the two that the chart never selects.
import type { KubeApi } from './kube/api.ts';
import { pathOf } from './kube/paths.ts';

/** The label, and its value; `namespaceSelector` of the chart's webhooks says the same. */
const INJECT_LABEL = 'chaperone.dev/inject';
const INJECT_ENABLED = 'enabled';

/** No agents live there, whatever stands there: the cluster's own controllers do, and ours. */
export const isNeverInjected = (ownNamespace: string, name: string): boolean =>
  name === ownNamespace || name === 'kube-system';

/** Asked of the API server, never of a cache. `ownNamespace`: where chaperone itself runs. */
export async function isInjected(
  kube: Pick<KubeApi, 'call'>,
  ownNamespace: string,
  name: string,
): Promise<boolean> {
  if (isNeverInjected(ownNamespace, name)) return false;
  const outcome = await kube.call('GET', pathOf('namespaces', { name }));
  return outcome.kind === 'done' && outcome.object.metadata.labels?.[INJECT_LABEL] === INJECT_ENABLED;
}
