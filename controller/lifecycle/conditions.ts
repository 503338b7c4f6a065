// metav1.Conditions of our kinds: made and compared here, so that a status is written only when it says something new.
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';

export type Conditions = NonNullable<NonNullable<AgentPolicy['status']>['conditions']>;
export type Condition = Conditions[number];

/** The schema's bound for a message. */
const MAX_MESSAGE = 2048;

export type Said = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & { observedGeneration: number };

/** `before` with this condition in it, or `before` itself where it says so already. */
export function withCondition(before: Conditions, said: Said, nowEpochMs: number): Conditions {
  const message = said.message.slice(0, MAX_MESSAGE);
  const held = before.find(({ type }) => type === said.type);
  const isSame =
    held?.status === said.status &&
    held.reason === said.reason &&
    held.message === message &&
    held.observedGeneration === said.observedGeneration;
  if (isSame) return before;
  const since = held?.status === said.status ? held.lastTransitionTime : printTime(nowEpochMs);
  return [
    ...before.filter(({ type }) => type !== said.type),
    { ...said, message, lastTransitionTime: since },
  ];
}

/** RFC 3339 in UTC, to the second, as Kubernetes prints it. */
export function printTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
