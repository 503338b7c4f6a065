// The life of a Grant, as a pure function: Active from its creation until it expires, its pod ends or its policy no longer
// gives it; Refused where it could not begin. Ended and Refused are final.
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { Grant } from '../../policy/kinds/grant.ts';
import type { Parsed } from '../../policy/kinds/parse-strictly.ts';
import { giftOf } from '../../policy/narrower.ts';
import { printTime, type Said, withCondition } from './conditions.ts';

export type GrantStatus = NonNullable<Grant['status']>;

/** What a Grant is judged by, read from the API server for this judgement. */
export interface Surroundings {
  /** The policy that it names, where there is one that is valid and not being deleted. */
  readonly policy: AgentPolicy | undefined;
  /** Whether the pod of its UID lives. */
  readonly pod: 'living' | 'gone';
  /** Wall clock, epoch ms. */
  readonly createdMs: number;
  readonly nowEpochMs: number;
}

/** The status that it should have. The one that it has where that is final or true. */
export function grantStatus(grant: Parsed<Grant>, before: GrantStatus, around: Surroundings): GrantStatus {
  if (isFinal(before)) return before;
  const { nowEpochMs } = around;
  if (grant.kind === 'invalid') return refused(before, 'Invalid', `${grant.field}: ${grant.why}`, nowEpochMs);
  const { spec } = grant.value;
  const gift = around.policy && giftOf(grant.value, around.policy);
  const lacking =
    gift === undefined
      ? { reason: 'NoPolicy', why: `there is no valid AgentPolicy ${spec.policy}` }
      : gift.kind === 'nothing'
        ? { reason: 'BeyondScope', why: `${gift.field}: ${gift.why}` }
        : around.pod === 'gone'
          ? {
              reason: 'PodGone',
              why: `pod ${spec.pod.name} of UID ${spec.pod.uid} does not exist or has ended`,
            }
          : undefined;
  if (lacking !== undefined) {
    const { reason, why } = lacking;
    return before.phase === 'Active'
      ? ended(before, reason, why, nowEpochMs)
      : refused(before, reason, why, nowEpochMs);
  }
  const durationMs = gift?.kind === 'gives' ? gift.durationMs : 0;
  const expiresAt = before.expiresAt ?? printTime(around.createdMs + durationMs);
  const active: GrantStatus = {
    ...before,
    phase: 'Active',
    expiresAt,
    conditions: said(before, 'Accepted', 'True', 'Active', `It holds until ${expiresAt}.`, nowEpochMs),
  };
  return nowEpochMs < Date.parse(expiresAt)
    ? active
    : ended(active, 'Expired', `its time was over at ${expiresAt}`, nowEpochMs);
}

export const isFinal = ({ phase }: GrantStatus): boolean => phase === 'Ended' || phase === 'Refused';

function ended(before: GrantStatus, reason: string, why: string, nowEpochMs: number): GrantStatus {
  return {
    ...before,
    phase: 'Ended',
    conditions: said(before, 'Ended', 'True', reason, `It has ended: ${why}.`, nowEpochMs),
  };
}

function refused(before: GrantStatus, reason: string, why: string, nowEpochMs: number): GrantStatus {
  return {
    ...before,
    phase: 'Refused',
    conditions: said(
      before,
      'Accepted',
      'False',
      reason,
      `It gives nothing: ${why}. Create another.`,
      nowEpochMs,
    ),
  };
}

/** The spec never changes, so there is one generation. */
function said(
  { conditions = [] }: GrantStatus,
  type: string,
  status: Said['status'],
  reason: string,
  message: string,
  nowEpochMs: number,
) {
  return withCondition(conditions, { type, status, reason, message, observedGeneration: 1 }, nowEpochMs);
}
