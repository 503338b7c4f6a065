// What speaks against a request, before it is told: the code, which decides under every mode, and how to make the refusal.
// A refusal is a sentence, and most of what a decision costs: one is made of the objection that is answered with, and of no other.
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';

export interface Objection {
  readonly code: RefusalCode;
  readonly refusal: () => Refusal;
}

type Facts<C extends RefusalCode> = Parameters<typeof refuse<C>>[1];

/** Like `refuse`; facts that take time to find may be given by a function. */
export function objection<C extends RefusalCode>(code: C, facts: Facts<C> | (() => Facts<C>)): Objection {
  return { code, refusal: () => refuse(code, typeof facts === 'function' ? facts() : facts) };
}
