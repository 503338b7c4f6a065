// A snapshot as the sidecar holds it: deadlines on the monotonic clock of its arrival, rules found by what they name, and of
// those that could give access the strongest first.
import type { Budget } from './kinds/budget.ts';
import type { MaskingRules } from './kinds/masking.ts';
import type { NeverRule, Rule } from './kinds/rule.ts';
import type { Mode } from './mode.ts';
import type { Ground } from './own-ground.ts';
import { indexed, type RuleIndex } from './rule-index.ts';
import type { HeldPolicy, Snapshot } from './snapshot.ts';

/** A rule with what it belongs to. `text` names it: `AgentPolicy agents/triage standing.rules[0]`, `Grant agents/triage-7f2`. */
export interface Holding {
  readonly source: 'standing' | 'grant';
  readonly text: string;
  readonly rule: Rule;
  /** Monotonic ms; the rule holds before it, not at it. */
  readonly until: number;
  /** `namespace/name` of the Grant, its scope and its task, where it is one. */
  readonly grant?: string;
  readonly scope?: string;
  readonly task?: string;
}

export interface Ban {
  readonly text: string;
  readonly rule: NeverRule;
}

/** A rule that a Grant could give. */
export interface Offer {
  readonly rule: Rule;
  readonly scope: string;
  readonly maxDuration: string;
  /** So many people of these groups must agree; undefined: one who may approve the policy. */
  readonly approval: { readonly groups: readonly string[]; readonly required: number } | undefined;
}

/** What an AgentPolicy and the Grants under it give. */
export interface Policy {
  readonly kind: 'policy';
  /** `namespace/name` */
  readonly policy: string;
  readonly mode: Mode;
  readonly bans: RuleIndex<Ban>;
  /** The strongest first: whatever covers a request, the first that is live decides. */
  readonly holdings: RuleIndex<Holding>;
  readonly offers: RuleIndex<Offer>;
  readonly budgets: readonly Budget[];
  readonly masking: MaskingRules | undefined;
}

export interface Entitlements {
  /** Monotonic ms; from then on nothing here is believed. */
  readonly leaseUntil: number;
  readonly ground: Ground;
  /** What the agent writes of pods is judged before it is stored (policy/guard/). */
  readonly guarded: boolean;
  /** What the agent runs as, in its namespace. */
  readonly serviceAccount: string;
  readonly held:
    | { readonly kind: 'none'; readonly serviceAccount: string }
    | { readonly kind: 'conflict'; readonly policies: readonly string[] }
    | Policy;
}

/** Receives a snapshot that passed its schema. `arrivalMs` is monotonic and no later than the arrival. */
export function receiveSnapshot(snapshot: Snapshot, arrivalMs: number): Entitlements {
  const { namespace, pod, podUid, systemNamespace, serviceAccount, guarded, held, leaseMs } = snapshot;
  const name = (of: string) => `${namespace}/${of}`;
  const ground = { namespace, pod, podUid, systemNamespace };
  const common = { leaseUntil: arrivalMs + leaseMs, ground, guarded, serviceAccount };
  if (held.kind === 'none')
    return { ...common, held: { kind: 'none', serviceAccount: name(serviceAccount) } };
  if (held.kind === 'conflict')
    return { ...common, held: { kind: 'conflict', policies: held.policies.map(name) } };
  const policy = name(held.name);
  const bans = (held.never ?? []).map((rule, at) => ({ rule, text: `AgentPolicy ${policy} never[${at}]` }));
  const holdings = [...grantHoldings(held, name, arrivalMs), ...standingHoldings(held, policy, arrivalMs)];
  return {
    ...common,
    held: {
      kind: 'policy',
      policy,
      mode: held.mode ?? 'Enforce',
      bans: indexed(bans, 'takes'),
      holdings: indexed(holdings.sort(stronger), 'gives'),
      offers: indexed(offers(held), 'gives'),
      budgets: held.budgets ?? [],
      masking: held.masking,
    },
  };
}

/** A Grant first, then what reveals, then what holds longest. */
function stronger(a: Holding, b: Holding): number {
  const isGrant = (of: Holding) => Number(of.source === 'grant');
  const reveals = (of: Holding) => Number(of.rule.reveal === true);
  return isGrant(b) - isGrant(a) || reveals(b) - reveals(a) || b.until - a.until;
}

function grantHoldings(held: HeldPolicy, name: (of: string) => string, arrivalMs: number): Holding[] {
  return held.grants.flatMap((grant) => {
    const { scope, task, remainingMs } = grant;
    const common = {
      source: 'grant',
      grant: name(grant.name),
      scope,
      task,
      until: arrivalMs + remainingMs,
    } as const;
    return grant.rules.map((rule) => ({ ...common, text: `Grant ${common.grant}`, rule }));
  });
}

function standingHoldings({ standing }: HeldPolicy, policy: string, arrivalMs: number): Holding[] {
  if (standing === undefined) return [];
  const until = arrivalMs + standing.remainingMs;
  return standing.rules.map((rule, at) => ({
    source: 'standing',
    text: `AgentPolicy ${policy} standing.rules[${at}]`,
    rule,
    until,
  }));
}

function offers({ scopes = [] }: HeldPolicy): Offer[] {
  return scopes.flatMap(({ name, maxDuration, approval, rules }) => {
    const agreed = approval && { groups: approval.approvers.groups, required: approval.required };
    return rules.map((rule) => ({ rule, scope: name, maxDuration, approval: agreed }));
  });
}
