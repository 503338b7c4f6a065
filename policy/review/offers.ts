// What the agent could ask for beside a list of its rights: the scopes of its policy that no live Grant gives it.
import type { Entitlements, Offer } from '../entitlements.ts';
import { freeOf, type IsFree } from '../near.ts';
import { clip } from '../quoting.ts';
import { keysOf } from '../rule-index.ts';
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
  const isFree = freeOf(held.bans);
  const told = new Map<string, string>();
  for (const offer of held.offers.entries.slice(0, LOOKED_AT)) {
    const isNew = !given.has(offer.scope) && !told.has(offer.scope);
    if (isNew && isOpen(offer, namespace, isFree)) told.set(offer.scope, ruleWords(offer.rule));
  }
  if (told.size === 0) return undefined;
  const scopes = [...told].slice(0, MOST).map(([scope, words]) => `scope ${scope} (${words})`);
  const more = told.size > MOST ? ' and more' : '';
  return clip(
    `chaperone: with a Grant AgentPolicy ${held.policy} allows ${scopes.join(', ')}${more}`,
    MAX_WARNING,
  );
}

/** One person can give it, for this namespace, and no `never` meets it. */
function isOpen({ rule, approval }: Offer, namespace: string, isFree: IsFree): boolean {
  if ((approval?.required ?? 1) > 1) return false;
  if (rule.namespaces !== undefined && !rule.namespaces.includes(namespace)) return false;
  return keysOf(rule).every((key) => isFree(rule, key));
}
