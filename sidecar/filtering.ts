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

/** `target` is the permit's. */
export function filterFor(
  request: ResourceRequest,
  target: string,
  names: readonly string[],
  sealing: Sealing,
): Filtered | Refusal {
  const read = readTarget(target);
  if (read.kind === 'malformed') return refuse('MalformedTarget', { request, why: read.why });
  const context = JSON.stringify([request.apiGroup, request.resource, request.namespace ?? '']);
  const isOne = names.length === 1;
  // A list of one object has one page, and so gives out no continue.
  const open = (sealed: string) => (isOne ? undefined : sealing.open(sealed, context));
  const asked = filteredQuery(read.query, open);
  if (asked.kind === 'unknownContinue') return refuse('ContinueUnknown', { request });
  if (isOne) return { kind: 'filtered', target, wall: undefined };
  const { query, withoutObjects } = asked;
  const seal = (token: string) => sealing.seal(token, context);
  return {
    kind: 'filtered',
    target: printTarget(read.segments, query),
    wall: filtered({ names: new Set(names), seal, withoutObjects }),
  };
}
