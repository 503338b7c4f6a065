// The workload guard, whole: from a write and what the agent holds to the refusal that names everything which is wrong with its
// pods. The webhook asks it about the final object, `chaperone run` about what is sent.
import type { Asked } from '../describe.ts';
import type { Entitlements } from '../entitlements.ts';
import { clip } from '../quoting.ts';
import { type Refusal, refuseBy } from '../refusal.ts';
import { callTexts } from '../refusal-texts/calls.ts';
import type { Finding } from './finding.ts';
import { judgePods } from './judge-pods.ts';
import { type OwnServiceAccount, permittedFor, type WorkloadWrite } from './permitted.ts';

export interface GuardedWrite extends WorkloadWrite {
  readonly object: unknown;
  /** As it was; undefined where it is new, or not known. */
  readonly oldObject: unknown;
}

/** Undefined: its pods may be. `nowMs` is on the clock of the entitlements' arrival. */
export function guard(
  asked: Asked,
  write: GuardedWrite,
  entitlements: Pick<Entitlements, 'held' | 'leaseUntil'>,
  own: OwnServiceAccount | undefined,
  nowMs: number,
): Refusal | undefined {
  const { object, oldObject, ...place } = write;
  const { apiGroup, resource, subresource } = write;
  const kind = { apiGroup, resource: subresource === undefined ? resource : `${resource}/${subresource}` };
  const permitted = permittedFor(place, entitlements, own, nowMs);
  const [first, ...others] = judgePods({ ...kind, object, oldObject }, permitted);
  if (first === undefined) return undefined;
  const { held } = entitlements;
  const policy =
    held.kind === 'policy' ? held.policy : held.kind === 'conflict' ? (held.policies[0] ?? '') : '';
  const told = ({ code, field, name }: Finding) => {
    const where = clip(field, MAX_FIELD);
    return { code, field: where, facts: { where, name: clip(name, MAX_FIELD), policy } };
  };
  return refuseBy(callTexts, asked, [told(first), ...others.map(told)]);
}

/** Fields and names are whatever a client wrote. */
const MAX_FIELD = 253;
