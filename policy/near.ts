// What an agent's own policy allows near to what it asked for in vain: the same resource elsewhere, by other verbs or under a
// scope, else the first of what it allows at all. Rules only, and of this policy alone: nothing of what there is.
import type { ApiRequest } from './api-request.ts';
import type { Ban, Holding, Offer, Policy } from './entitlements.ts';
import type { Rule } from './kinds/rule.ts';
import { clip } from './quoting.ts';
import { meets, ruleKey } from './rule.ts';
import { findByKey, keysOf, type RuleIndex } from './rule-index.ts';
import { ruleWords } from './rule-words.ts';

/** An agent that reads more than these is not told more clearly. */
const MOST = 3;
const MAX_NEAR = 700;
/** Out of so many rules, so that a refusal costs no more where all of a policy has ended. */
const LOOKED_AT = 64;
/** So often a rule is held against a never, for all that is told together; beyond it a rule is left out. */
const HELD_AGAINST = 256;

/** A clause, and the monotonic ms within which it is the same whenever it is asked for. */
interface Told {
  readonly text: string;
  readonly since: number;
  readonly until: number;
}

/** What was told of a policy, by what was asked for: to tell it takes longer than to decide. */
const told = new WeakMap<Policy, Map<string, Told>>();
/** Of so many resources and paths at once. */
const MAX_TOLD = 256;

/** A clause to add: `; it allows get, list of pods in namespace shop`, or nothing. What a `never` meets is left out. */
export function near(request: ApiRequest, held: Policy, nowMs: number): string {
  const key = ruleKey(request);
  const isNamed = [held.holdings, held.offers].some((index) =>
    findByKey<{ rule: Rule }>(index, key, (each) => names(each, key)),
  );
  const known = told.get(held) ?? new Map<string, Told>();
  told.set(held, known);
  // What no rule names is told the same of all: an agent that invents resources fills nothing.
  const at = isNamed ? key : '';
  const before = known.get(at);
  if (before !== undefined && before.since <= nowMs && nowMs < before.until) return before.text;
  const isFree = freeOf(held.bans);
  const now = isNamed ? tellOf(key, held, nowMs, isFree) : tellAny(held, nowMs, isFree);
  if (known.size >= MAX_TOLD) known.clear();
  known.set(at, now);
  return now.text;
}

/** Of the rules that name a resource or path; where none of them can be told, of any. */
function tellOf(key: string, held: Policy, nowMs: number, isFree: IsFree): Told {
  const time = timeOf(nowMs);
  const given = collector((each: Holding) => names(each, key) && time.isLive(each) && isFree(each.rule, key));
  findByKey(held.holdings, key, given.add);
  const offered = collector((each: Offer) => names(each, key) && isFree(each.rule, key));
  findByKey(held.offers, key, offered.add);
  const of = key.startsWith('/') ? undefined : key;
  const parts = [
    ...given.found.map(({ rule }) => `it allows ${ruleWords(rule, of)}`),
    ...offered.found.map(({ rule, scope }) => `a Grant of scope ${scope} would allow ${ruleWords(rule, of)}`),
  ];
  if (parts.length > 0) return { text: clause(parts), ...time.span };
  const { text, since, until } = tellAny(held, nowMs, isFree);
  return { text, since: Math.max(since, time.span.since), until: Math.min(until, time.span.until) };
}

function tellAny({ holdings }: Policy, nowMs: number, isFree: IsFree): Told {
  const time = timeOf(nowMs);
  const others = collector(
    (each: Holding) => time.isLive(each) && keysOf(each.rule).every((at) => isFree(each.rule, at)),
  );
  holdings.entries.some(others.add);
  return { text: clause(others.found.map(({ rule }) => `it allows ${ruleWords(rule)}`)), ...time.span };
}

/** Tells what is live, and between which ends all that was asked about stays as it is. */
function timeOf(nowMs: number) {
  const span = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const isLive = ({ until }: Holding): boolean => {
    const live = nowMs < until;
    if (live) span.until = Math.min(span.until, until);
    else span.since = Math.max(span.since, until);
    return live;
  };
  return { span, isLive };
}

const names = ({ rule }: { readonly rule: Rule }, key: string) => keysOf(rule).includes(key);

/** Tells of a rule whether no `never` meets it where both name `key`. */
export type IsFree = (rule: Rule, key: string) => boolean;

/** For one telling, in which so many are held against one another and no more. */
export function freeOf(bans: RuleIndex<Ban>): IsFree {
  let left = HELD_AGAINST;
  return (rule, key) =>
    findByKey(
      bans,
      key,
      (ban) => left-- <= 0 || (keysOf(ban.rule).includes(key) && meets(rule, ban.rule)),
    ) === undefined;
}

/** Takes the first that count, and one more than are told; `add` answers whether it has seen enough. */
function collector<T>(counts: (entry: T) => boolean) {
  const found: T[] = [];
  let looked = 0;
  const add = (entry: T): boolean => {
    if (counts(entry)) found.push(entry);
    looked++;
    return found.length > MOST || looked === LOOKED_AT;
  };
  return { found, add };
}

function clause(parts: readonly string[]): string {
  if (parts.length === 0) return '';
  const more = parts.length > MOST ? '; and more' : '';
  return clip(`; ${parts.slice(0, MOST).join('; ')}${more}`, MAX_NEAR);
}
