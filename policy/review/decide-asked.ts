// What decide says to a question about rights: what it says to the call that is asked about, with the same entitlements.
import type { ApiRequest, ResourceRequest } from '../api-request.ts';
import { decide, type Permit } from '../decide.ts';
import type { Entitlements } from '../entitlements.ts';
import type { Rule } from '../kinds/rule.ts';
import type { Refusal } from '../refusal.ts';
import { coversPod, ruleKey } from '../rule.ts';
import { find, type RuleIndex } from '../rule-index.ts';
import { streamKindOf } from '../stream-options.ts';
import { streamUnder } from '../stream-rule.ts';
import { callOf } from './question.ts';

/** A patch is taken for one that makes nothing, as RBAC takes it. */
const CHANGES = 'application/merge-patch+json';

/**
 * Decides what is asked at `nowMs`, on the clock of the entitlements' arrival. Of a create with a name upstream's own question
 * is wider than one call: a POST names no object, the create of a PUT or an apply does. Then both must be permitted.
 */
export function decideAsked(asked: ApiRequest, entitlements: Entitlements, nowMs: number): Permit | Refusal {
  if (asked.kind === 'resource' && streamKindOf(asked.apiGroup, ruleKey(asked)) !== undefined)
    return decideStream(asked, entitlements, nowMs);
  const decided = decide(asked, entitlements, nowMs, CHANGES);
  const makesNamed =
    asked.kind === 'resource' &&
    asked.verb === 'create' &&
    asked.name !== undefined &&
    asked.subresource === undefined;
  if (decided.kind === 'refusal' || !makesNamed) return decided;
  // Whatever a rule or a never says of the one with the name it says of this one too.
  return decide(callOf({ ...asked, name: undefined }), entitlements, nowMs);
}

/**
 * A review cannot say what a stream is to reach in its pod. It may be made where any that a rule gives may be: a rule that is
 * live, or else one of a scope, so that a no says which Grant to ask for.
 */
function decideStream(asked: ResourceRequest, entitlements: Entitlements, nowMs: number): Permit | Refusal {
  const { held } = entitlements;
  let refused: Refusal | undefined;
  let permit: Permit | undefined;
  const isPermitted = ({ rule }: { readonly rule: Rule }): boolean => {
    const stream = coversPod(rule, asked) ? streamUnder(rule) : undefined;
    if (stream === undefined) return false;
    const decided = decide({ ...asked, stream }, entitlements, nowMs);
    if (decided.kind === 'permit') permit = decided;
    else refused ??= decided;
    return permit !== undefined;
  };
  if (held.kind === 'policy') {
    const indexes: readonly RuleIndex<{ readonly rule: Rule }>[] = [held.holdings, held.offers];
    indexes.find((index) => find(index, asked, isPermitted));
  }
  return permit ?? refused ?? decide(asked, entitlements, nowMs);
}
