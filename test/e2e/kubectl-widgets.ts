// A kind that only this cluster knows, in a group of its own: what kubectl prints of it comes from its CRD alone.
import type { Cluster } from '../cluster/cluster.ts';
import { create, ok } from '../cluster/pods.ts';

export interface Widgets extends AsyncDisposable {
  readonly group: string;
}

/** Widgets of the group `<namespace>.chaperone.test`, served when this resolves. */
export async function defineWidgets(
  cluster: Cluster,
  namespace: string,
  scope: 'Namespaced' | 'Cluster' = 'Namespaced',
): Promise<Widgets> {
  const group = `${namespace}.chaperone.test`;
  const size = { type: 'integer', description: 'How large it is.' };
  const spec = { type: 'object', description: 'What it is to be.', properties: { size } };
  const status = { type: 'object', properties: { size } };
  await create(cluster, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope,
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
          additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
          schema: {
            openAPIV3Schema: { type: 'object', description: 'A thing.', properties: { spec, status } },
          },
        },
      ],
    },
  });
  await ok(cluster.kubectl(['wait', '--for=condition=Established', `crd/widgets.${group}`]));
  return {
    group,
    async [Symbol.asyncDispose]() {
      await cluster.kubectl(['delete', 'crd', `widgets.${group}`, '--wait=false']);
    },
  };
}
