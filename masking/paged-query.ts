// How a list is asked for whose answer is read on its way, and so held whole: in the pages that the client asked for. At
// resourceVersion=0 an API server takes the list out of its watch cache whole, whatever its limit (apiserver
// pkg/storage/cacher/delegator), as client-go's informers ask; a version of its own choice is what no version means too.
import type { QueryPair } from '../policy/target.ts';

/** Of a list, not of a watch. Without a limit the client may not know of pages, and the query stays as it is. */
export function pagedQuery(asked: readonly QueryPair[]): readonly QueryPair[] {
  const of = new Map(asked);
  if (!(Number(of.get('limit')) > 0) || of.get('resourceVersion') !== '0') return asked;
  // Beside version 0 the API server takes no match but NotOlderThan, and none without a version.
  if ((of.get('resourceVersionMatch') ?? 'NotOlderThan') !== 'NotOlderThan') return asked;
  return asked.filter(([name]) => name !== 'resourceVersion' && name !== 'resourceVersionMatch');
}
