// What a request rests on: the strongest live rule that covers it whole; else, of a list or watch that names no object, all
// live rules with `filter` together, each of which shows its objects.
import type { ApiRequest } from './api-request.ts';
import type { Holding } from './entitlements.ts';
import { covers } from './rule.ts';
import { find, type RuleIndex } from './rule-index.ts';
import type { PermittedStream } from './stream-rule.ts';

export type Basis = Pick<Holding, 'text' | 'until'> &
  Partial<Holding> & {
    /** The names that are shown; undefined: all. */
    readonly filter?: readonly string[];
    /** Of exec, attach and port-forward (stream-basis.ts). */
    readonly stream?: PermittedStream;
  };

/**
 * `counts` holds for what covers the request, whole or in part. Where several rules show a part, the strongest is named, and
 * the first of them that ends is the end of all: then it is asked again.
 */
export function basisOf(
  request: ApiRequest,
  holdings: RuleIndex<Holding>,
  counts: (holding: Holding) => boolean,
  nowMs: number,
): Basis | undefined {
  const parts: Holding[] = [];
  const whole = find(holdings, request, (each) => {
    if (!(nowMs < each.until && counts(each))) return false;
    if (covers(each.rule, request)) return true;
    parts.push(each);
    return false;
  });
  const [strongest] = parts;
  if (whole !== undefined || strongest === undefined) return whole;
  const names = new Set(parts.flatMap(({ rule }) => rule.resourceNames ?? []));
  return { ...strongest, until: Math.min(...parts.map(({ until }) => until)), filter: [...names] };
}
