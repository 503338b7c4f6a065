// Every "no" of admission of pods, as data: causes, each a row of policy/refusal-texts/pods.ts and the field that met it.
// The sentence is printed last, where it is known what was asked.
import type { Asked } from '../policy/describe.ts';
import { clip, word } from '../policy/quoting.ts';
import { refuseBy } from '../policy/refusal.ts';
import { podTexts } from '../policy/refusal-texts/pods.ts';
import { type Status, toStatus } from '../policy/status.ts';

export type RefusalCode = keyof typeof podTexts;

/** One field of a pod (or of the request) and the row that it met. */
export interface Cause {
  readonly code: RefusalCode;
  readonly where: string;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly causes: readonly [Cause, ...Cause[]];
}

export function refuse(cause: Cause): Refusal {
  return { kind: 'refusal', causes: [cause] };
}

/** A refusal of all these causes, or undefined where there is none. */
export function refuseAny(causes: readonly Cause[]): Refusal | undefined {
  const [first, ...others] = causes;
  return first && { kind: 'refusal', causes: [first, ...others] };
}

/** The refusal as the API server takes it. */
export function statusOf(asked: Asked, { causes: [first, ...others] }: Refusal): Status {
  return toStatus(refuseBy(podTexts, asked, [told(first), ...others.map(told)]));
}

/** Names in a field are whatever was written there: admission comes before validation. */
const told = ({ code, where }: Cause) => ({ code, field: clip(where, 253), facts: { where: word(where) } });
