// Secrets that are credentials by their type: the API server itself makes or believes them. No rule lets an agent write one.
import { isProtected } from '../masking/protected.ts';
import { isClosedType } from '../masking/put-back/part.ts';
import { isObject } from '../masking/shape.ts';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';

export const CLOSED_TYPE = 'a Secret of this type is a credential for the API server';

/** What stands against an object that is made as it was written; undefined: nothing. */
export function closedType({ request, unmasked }: Permit, value: unknown): Refusal | undefined {
  const closed = isProtected(request) && !unmasked && isObject(value) && isClosedType(value.type);
  return closed ? refuse('ClosedList', { request, field: 'type', why: CLOSED_TYPE }) : undefined;
}
