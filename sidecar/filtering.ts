// A list or watch of which the permit shows only some objects: how it is asked for, and the wall its answer goes through.
import { filtered } from '../masking/filter.ts';
import { filteredQuery } from '../masking/filtered-query.ts';
import type { Wall } from '../masking/wall.ts';
import type { ResourceRequest } from '../policy/api-request.ts';
import { printTarget } from '../policy/canonical.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { readTarget } from '../policy/target.ts';
import type { Sealing } from './sealing.ts';

export interface Filtered {
  readonly kind: 'filtered';
  /** The target to forward. */
  readonly target: string;
  /** Undefined where the API server itself answers with no more than the one object (policy/across.ts). */
  readonly wall: Wall | undefined;
}

/** Which objects the permit shows; one of them at least is given. */
export interface Shows {
  readonly filter: readonly string[] | undefined;
  readonly exceptNamespace: string | undefined;
}

/** `target` is the permit's. */
export function filterFor(
  request: ResourceRequest,
  target: string,
  { filter, exceptNamespace }: Shows,
  sealing: Sealing,
): Filtered | Refusal {
  const read = readTarget(target);
  if (read.kind === 'malformed') return refuse('MalformedTarget', { request, why: read.why });
  const context = JSON.stringify([request.apiGroup, request.resource, request.namespace ?? '']);
  const isOne = filter?.length === 1 && exceptNamespace === undefined;
  // A list of one object has one page, and so gives out no continue.
  const open = (sealed: string) => (isOne ? undefined : sealing.open(sealed, context));
  const asked = filteredQuery(read.query, { byName: filter !== undefined, open });
  if (asked.kind === 'unknownContinue') return refuse('ContinueUnknown', { request });
  if (isOne) return { kind: 'filtered', target, wall: undefined };
  const { query, withoutObjects } = asked;
  const seal = (token: string) => sealing.seal(token, context);
  const names = filter && new Set(filter);
  return {
    kind: 'filtered',
    target: printTarget(read.segments, query),
    wall: filtered({ names, exceptNamespace, seal, withoutObjects }),
  };
}
