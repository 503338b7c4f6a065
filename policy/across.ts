// A list or watch across all namespaces reaches chaperone's own too, which is closed: it is forwarded with a selector that
// leaves that namespace out. Every resource takes metadata.namespace in a fieldSelector; where objects lie in no namespace
// it selects them all (apimachinery pkg/runtime/conversion.go, DefaultMetaV1FieldSelectorConversion).
import type { ApiRequest } from './api-request.ts';
import { printQuery } from './canonical.ts';
import type { Ground } from './own-ground.ts';

/** The target to forward for a request that is permitted. */
export function targetFor(request: ApiRequest, { systemNamespace }: Ground): string {
  const across =
    request.kind === 'resource' &&
    request.namespace === undefined &&
    (request.verb === 'list' || request.verb === 'watch');
  if (!across) return request.target;
  const leftOut = `metadata.namespace!=${systemNamespace}`;
  const asked = request.query.find(([name]) => name === 'fieldSelector')?.[1];
  const selector = asked === undefined || asked === '' ? leftOut : `${asked},${leftOut}`;
  const others = request.query.filter(([name]) => name !== 'fieldSelector');
  const path = request.target.split('?', 1)[0] ?? '';
  return path + printQuery([...others, ['fieldSelector', selector]]);
}
