// What the agent could ask for beside a list of its rights: the scopes of its policy that no live Grant gives it.
import type { Entitlements, Offer, Policy } from '../entitlements.ts';
import { clip } from '../quoting.ts';
import { meets } from '../rule.ts';
import { findByKey, keysOf } from '../rule-index.ts';
import { ruleWords } from '../rule-words.ts';

/** A warning is a line in a terminal. */
const MAX_WARNING = 700;
const MOST = 4;
/** Out of so many rules. */
const LOOKED_AT = 64;

/** One line for a `Warning` header; undefined: there is nothing to ask for in this namespace. */
export function offersWarning(
  namespace: string,
  { held }: Pick<Entitlements, 'held'>,
  nowMs: number,
): string | undefined {
  if (held.kind !== 'policy') return undefined;
  const given = new Set(held.holdings.entries.filter(({ until }) => nowMs < until).map(({ scope }) => scope));
  const told = new Map<string, string>();
  for (const offer of held.offers.entries.slice(0, LOOKED_AT))
    if (!given.has(offer.scope) && isOpen(offer, namespace, held))
      told.set(offer.scope, told.has(offer.scope) ? `${told.get(offer.scope)}` : ruleWords(offer.rule));
  if (told.size === 0) return undefined;
  const scopes = [...told].slice(0, MOST).map(([scope, words]) => `scope ${scope} (${words})`);
  const more = told.size > MOST ? ' and more' : '';
  return clip(
    `chaperone: with a Grant AgentPolicy ${held.policy} allows ${scopes.join(', ')}${more}`,
    MAX_WARNING,
  );
}

/** One person can give it, for this namespace, and no `never` meets it. */
function isOpen({ rule, approval }: Offer, namespace: string, { bans }: Policy): boolean {
  if ((approval?.required ?? 1) > 1) return false;
  if (rule.namespaces !== undefined && !rule.namespaces.includes(namespace)) return false;
  return !keysOf(rule).some((key) => findByKey(bans, key, (ban) => meets(rule, ban.rule)) !== undefined);
}
