// What an agent's own policy allows near to what it asked for in vain: the same resource elsewhere, by other verbs or under a
// scope, else the first of what it allows at all. Rules only, and of this policy alone: nothing of what there is.
import type { ApiRequest } from './api-request.ts';
import { type Holding, type Index, keysOf, named, type Policy } from './entitlements.ts';
import type { Rule } from './kinds/rule.ts';
import { clip } from './quoting.ts';
import { meets, ruleKey } from './rule.ts';
import { ruleWords } from './rule-words.ts';

/** An agent that reads more than these is not told more clearly. */
const MOST = 3;
const MAX_NEAR = 700;
/** Out of so many rules, so that a refusal costs no more where all of a policy has ended. */
const LOOKED_AT = 64;

/** A clause to add: `; it allows get, list of pods in namespace shop`, or nothing. What a `never` meets is left out. */
export function near(request: ApiRequest, { bans, holdings, offers }: Policy, nowMs: number): string {
  const key = ruleKey(request);
  const isBanned = (rule: Rule, at: string) => bans.get(at)?.some((ban) => meets(rule, ban.rule)) === true;
  const isLive = ({ until }: Holding) => nowMs < until;
  const given = first(named(holdings, request), (each) => isLive(each) && !isBanned(each.rule, key));
  const offered = first(named(offers, request), ({ rule }) => !isBanned(rule, key));
  const of = request.kind === 'resource' ? key : undefined;
  const told = [
    ...given.map(({ rule }) => `it allows ${ruleWords(rule, of)}`),
    ...offered.map(({ rule, scope }) => `a Grant of scope ${scope} would allow ${ruleWords(rule, of)}`),
  ];
  if (told.length > 0) return clause(told);
  const isAdvice = (each: Holding) =>
    isLive(each) && !keysOf(each.rule).some((at) => isBanned(each.rule, at));
  const others = first(entriesOf(holdings), isAdvice);
  return clause(others.map(({ rule }) => `it allows ${ruleWords(rule)}`));
}

/** The first that count, each rule once, and one more than are told. */
function first<T extends { readonly rule: Rule }>(entries: Iterable<T>, counts: (entry: T) => boolean): T[] {
  const found: T[] = [];
  const seen = new Set<Rule>();
  for (const entry of entries) {
    if (seen.has(entry.rule)) continue;
    if (counts(entry)) found.push(entry);
    if (found.length > MOST || seen.add(entry.rule).size === LOOKED_AT) break;
  }
  return found;
}

function* entriesOf<T>(index: Index<T>): Generator<T> {
  for (const entries of index.values()) yield* entries;
}

function clause(parts: readonly string[]): string {
  if (parts.length === 0) return '';
  const more = parts.length > MOST ? '; and more' : '';
  return clip(`; ${parts.slice(0, MOST).join('; ')}${more}`, MAX_NEAR);
}
