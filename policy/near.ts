// What an agent's own policy allows near to what it asked for in vain: the same resource elsewhere, by other verbs or under a
// scope, else the first of what it allows at all. Rules only, and of this policy alone: nothing of what there is.
import type { ApiRequest } from './api-request.ts';
import { type Index, named, type Policy } from './entitlements.ts';
import type { Rule } from './kinds/rule.ts';
import { clip } from './quoting.ts';
import { ruleKey } from './rule.ts';
import { ruleWords } from './rule-words.ts';

/** An agent that reads more than these is not told more clearly. */
const MOST = 3;
const MAX_NEAR = 700;

/** A clause to add to a sentence: `; it allows get, list of pods in namespace shop`, or nothing. */
export function near(request: ApiRequest, { holdings, offers }: Policy, nowMs: number): string {
  const key = request.kind === 'resource' ? ruleKey(request) : undefined;
  const live = ({ until }: { readonly until: number }) => nowMs < until;
  const given = named(holdings, request).filter(live);
  const offered = named(offers, request);
  const told = [
    ...given.slice(0, MOST).map(({ rule }) => `it allows ${ruleWords(rule, key)}`),
    ...offered
      .slice(0, MOST)
      .map(({ rule, scope }) => `a Grant of scope ${scope} would allow ${ruleWords(rule, key)}`),
  ];
  if (told.length > 0) return clause(told.slice(0, MOST), given.length + offered.length > MOST);
  const others = first(holdings, live);
  return clause(
    others.slice(0, MOST).map((rule) => `it allows ${ruleWords(rule)}`),
    others.length > MOST,
  );
}

/** A few more rules of an index than are told, each once. */
function first<T extends { readonly rule: Rule }>(index: Index<T>, counts: (entry: T) => boolean): Rule[] {
  const rules = new Set<Rule>();
  for (const entries of index.values()) {
    for (const entry of entries) {
      if (counts(entry)) rules.add(entry.rule);
      if (rules.size > MOST) return [...rules];
    }
  }
  return [...rules];
}

function clause(parts: readonly string[], more: boolean): string {
  if (parts.length === 0) return '';
  return clip(`; ${parts.join('; ')}${more ? '; and more' : ''}`, MAX_NEAR);
}
