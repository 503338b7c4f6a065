// What the lifecycle writes: a status, the end of a Grant. Each by compare-and-set, and none once this replica leads no more,
// which may come to pass in the middle of a pass.
import { isDeepStrictEqual } from 'node:util';
import type { KubeApi, KubeObject } from '../kube/api.ts';
import { pathOf, type Resource } from '../kube/paths.ts';

export interface Writes {
  status(resource: Resource, object: KubeObject, status: object): Promise<void>;
  deleteGrant(grant: KubeObject): Promise<void>;
}

/** Of what is lost in a race someone faster has said it, or the object is gone: the next list shows. */
export function writesOf(kube: Pick<KubeApi, 'call'>, leading: () => boolean): Writes {
  return {
    /**
     * A PUT of a custom resource's status takes nothing else from its body, so that metadata which the cache does not hold stays.
     * Source: apiextensions-apiserver/pkg/registry/customresource/status_strategy.go, PrepareForUpdate.
     */
    async status(resource, { apiVersion, kind, metadata, status: before = {} }, status) {
      if (isDeepStrictEqual(before, status) || !leading()) return;
      const { namespace, name, uid, resourceVersion } = metadata;
      const path = pathOf(resource, { namespace, name, subresource: 'status' });
      const object = { apiVersion, kind, metadata: { namespace, name, uid, resourceVersion }, status };
      await kube.call('PUT', path, object);
    },
    /** This version of it: one that was made anew under its name stays. */
    async deleteGrant({ metadata }) {
      if (!leading()) return;
      const { namespace, name, uid, resourceVersion } = metadata;
      await kube.call('DELETE', pathOf('grants', { namespace, name }), {
        preconditions: { uid, resourceVersion },
      });
    },
  };
}
