// What a selector leaves out of a list or watch, beside what was asked for. Across all namespaces it would reach chaperone's own
// too, which is closed; of one that may show a single object the API server itself shows no other. Every resource takes
// metadata.namespace and metadata.name in a fieldSelector; where objects lie in no namespace `!=` selects them all
// (apimachinery pkg/runtime/conversion.go, DefaultMetaV1FieldSelectorConversion).
import type { ApiRequest } from './api-request.ts';
import { printQuery } from './canonical.ts';
import type { Ground } from './own-ground.ts';

/** The target to forward for a request that is permitted. `filter` are the names that it may show; undefined: all. */
export function targetFor(
  request: ApiRequest,
  { systemNamespace }: Ground,
  filter: readonly string[] | undefined,
): string {
  const lists = request.kind === 'resource' && (request.verb === 'list' || request.verb === 'watch');
  if (!lists) return request.target;
  const terms: string[] = [];
  if (request.namespace === undefined) terms.push(`metadata.namespace!=${systemNamespace}`);
  if (filter?.length === 1) terms.push(`metadata.name=${filter[0]}`);
  if (terms.length === 0) return request.target;
  const asked = request.query.find(([name]) => name === 'fieldSelector')?.[1];
  const selector = [...(asked === undefined || asked === '' ? [] : [asked]), ...terms].join(',');
  const others = request.query.filter(([name]) => name !== 'fieldSelector');
  const path = request.target.split('?', 1)[0] ?? '';
  return path + printQuery([...others, ['fieldSelector', selector]]);
}
