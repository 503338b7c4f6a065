// What decide says to a question about rights: what it says to the call that is asked about, with the same entitlements.
import type { ApiRequest } from '../api-request.ts';
import { decide, type Permit } from '../decide.ts';
import type { Entitlements } from '../entitlements.ts';
import type { Refusal } from '../refusal.ts';
import { callOf } from './question.ts';

/** A patch is taken for one that makes nothing, as RBAC takes it. */
const CHANGES = 'application/merge-patch+json';

/**
 * Decides what is asked at `nowMs`, on the clock of the entitlements' arrival. Of a create with a name upstream's own question
 * is wider than one call: a POST names no object, the create of a PUT or an apply does. Then both must be permitted.
 */
export function decideAsked(asked: ApiRequest, entitlements: Entitlements, nowMs: number): Permit | Refusal {
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
