// Where sidecars find the controller: by the Service's address and never by a name, which the agent's pod could resolve.
import { found, type KubeApi } from '../kube/api.ts';
import { pathOf } from '../kube/paths.ts';

/** It stands in the serving certificate as well. Throws where the Service has none. */
export async function readServiceAddress(kube: KubeApi, namespace: string, name: string): Promise<string> {
  const service = found(await kube.call('GET', pathOf('services', { namespace, name })), `Service ${name}`);
  const { clusterIP } = (service.spec ?? {}) as { clusterIP?: string };
  if (clusterIP === undefined || clusterIP === '' || clusterIP === 'None')
    throw new Error(`Service ${name} of ${namespace} has no ClusterIP; install the chart's Service as it is`);
  return clusterIP;
}
