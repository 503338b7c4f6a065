// Which refusals take effect. A policy says Enforce (all do) or Observe (its own word does not). OPEN stands in the place
// of either in `chaperone run --observe --unmasked --open` alone: it is a symbol, so no file, message or variable spells it.
import type { AgentPolicy } from './kinds/agent-policy.ts';
import type { RefusalCode } from './refusal.ts';

export const OPEN: unique symbol = Symbol('open');

export type Mode = NonNullable<AgentPolicy['spec']['mode']> | typeof OPEN;

/** The policy's own word. Every other refusal holds whatever the policy says, and so in Observe too. */
const OF_POLICY = [
  'NoRule',
  'Never',
  'StandingEnded',
  'GrantEnded',
  'GrantAvailable',
  'QuorumNotYet',
  'BudgetSpent',
  'CollectionNotCounted',
  'ContainerNotAllowed',
  'CommandNotAllowed',
  'PortNotAllowed',
] as const;

const lifted: Readonly<Record<Mode, ReadonlySet<RefusalCode>>> = {
  Enforce: new Set(),
  Observe: new Set(OF_POLICY),
  // Without masking nothing has to be put back, or could be read around it; without a policy the credential's rights are all.
  [OPEN]: new Set([
    ...OF_POLICY,
    'ClosedList',
    'ClosedUnlessNamed',
    'ContainerNotNamed',
    'KindNotNamed',
    'NotGuarded',
  ]),
};

export function takesEffect(code: RefusalCode, mode: Mode): boolean {
  return !lifted[mode].has(code);
}

/** What a permit names as its rule where no rule gives it. */
export function textOf(mode: Mode, policy: string): string {
  return mode === OPEN ? 'chaperone run --open' : `AgentPolicy ${policy} mode ${mode}`;
}
