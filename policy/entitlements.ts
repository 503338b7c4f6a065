// A snapshot as the sidecar holds it: deadlines on the monotonic clock of its arrival, and rules found by resource.
// Thousands of rules cost a decision no more than those that name the same resource.
import type { ApiRequest } from './api-request.ts';
import type { NeverRule, Rule } from './kinds/rule.ts';
import type { Mode } from './mode.ts';
import type { Ground } from './own-ground.ts';
import { ruleKey } from './rule.ts';
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

export type Index<T> = ReadonlyMap<string, readonly T[]>;

/** What an AgentPolicy and the Grants under it give. */
export interface Policy {
  readonly kind: 'policy';
  /** `namespace/name` */
  readonly policy: string;
  readonly mode: Mode;
  readonly bans: Index<Ban>;
  readonly holdings: Index<Holding>;
  readonly offers: Index<Offer>;
}

export interface Entitlements {
  /** Monotonic ms; from then on nothing here is believed. */
  readonly leaseUntil: number;
  readonly ground: Ground;
  readonly held:
    | { readonly kind: 'none'; readonly serviceAccount: string }
    | { readonly kind: 'conflict'; readonly policies: readonly string[] }
    | Policy;
}

/** Receives a snapshot that passed its schema. `arrivalMs` is monotonic and no later than the arrival. */
export function receiveSnapshot(snapshot: Snapshot, arrivalMs: number): Entitlements {
  const { namespace, pod, podUid, systemNamespace, serviceAccount, held, leaseMs } = snapshot;
  const name = (of: string) => `${namespace}/${of}`;
  const common = { leaseUntil: arrivalMs + leaseMs, ground: { namespace, pod, podUid, systemNamespace } };
  if (held.kind === 'none')
    return { ...common, held: { kind: 'none', serviceAccount: name(serviceAccount) } };
  if (held.kind === 'conflict')
    return { ...common, held: { kind: 'conflict', policies: held.policies.map(name) } };
  const policy = name(held.name);
  const bans = (held.never ?? []).map((rule, at) => ({ rule, text: `AgentPolicy ${policy} never[${at}]` }));
  return {
    ...common,
    held: {
      kind: 'policy',
      policy,
      mode: held.mode ?? 'Enforce',
      bans: indexed(bans),
      holdings: indexed([
        ...grantHoldings(held, name, arrivalMs),
        ...standingHoldings(held, policy, arrivalMs),
      ]),
      offers: indexed(offers(held)),
    },
  };
}

/** Those rules of an index that name what is asked for. */
export function named<T>(index: Index<T>, request: ApiRequest): readonly T[] {
  return index.get(ruleKey(request)) ?? [];
}

/** What a rule is found by: `ruleKey` of all that it could cover. */
export const keysOf = (rule: NeverRule): readonly string[] => rule.resources ?? rule.nonResourceURLs ?? [];

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

function indexed<T extends { readonly rule: NeverRule }>(entries: readonly T[]): Index<T> {
  const index = new Map<string, T[]>();
  for (const entry of entries)
    for (const key of keysOf(entry.rule)) {
      const same = index.get(key);
      if (same === undefined) index.set(key, [entry]);
      else same.push(entry);
    }
  return index;
}
