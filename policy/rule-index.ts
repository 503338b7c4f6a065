// Which of many rules could speak to a request, without asking each: every word that a rule names has a row with a bit for each
// rule, and the rows of a request's words are laid over one another. Words may share a row (it is found by a hash), so a rule
// too many may be found, never one too few: `covers` and `touches` have the last word.
import type { ApiRequest } from './api-request.ts';
import type { NeverRule, Rule } from './kinds/rule.ts';
import { ruleKey } from './rule.ts';
import { isStream } from './stream-rule.ts';

/** Whether a rule that limits names or namespaces is found for a request that has none. */
export type Reach = 'gives' | 'takes';

/** Entries by the words of their rules; in the order in which they are looked at. */
export interface RuleIndex<T> {
  readonly entries: readonly T[];
  readonly reach: Reach;
  /** Row after row, each of `width` 32-bit words. */
  readonly bits: Uint32Array;
  readonly width: number;
}

/** A power of two. A thousand rules take 256 KiB, whatever they name. */
const ROWS = 2048;
/** Rows beyond those of words: every rule, none, those that list no namespaces, those that list no names. */
const EVERY = ROWS;
const NONE = ROWS + 1;
const ANYWHERE = ROWS + 2;
const ANY_NAME = ROWS + 3;
const ALL_ROWS = ROWS + 4;

/** Where the hash of a word begins: a namespace and a name that are spelt alike have rows of their own. */
const VERB = 1;
const GROUP = 2;
const KEY = 3;
const NAMESPACE = 4;
const NAME = 5;

export function indexed<T extends { readonly rule: NeverRule & Pick<Partial<Rule>, 'filter'> }>(
  entries: readonly T[],
  reach: Reach,
): RuleIndex<T> {
  const width = Math.ceil(entries.length / 32);
  const bits = new Uint32Array(ALL_ROWS * width);
  for (const [at, { rule }] of entries.entries()) {
    const word = at >>> 5;
    const bit = 1 << (at & 31);
    const mark = (row: number) => {
      bits[row * width + word] = (bits[row * width + word] ?? 0) | bit;
    };
    mark(EVERY);
    for (const each of rule.verbs) mark(rowOf(VERB, each));
    for (const each of rule.apiGroups ?? []) mark(rowOf(GROUP, each));
    for (const each of keysOf(rule)) mark(rowOf(KEY, each));
    for (const each of rule.namespaces ?? []) mark(rowOf(NAMESPACE, each));
    for (const each of rule.resourceNames ?? []) mark(rowOf(NAME, each));
    if (rule.namespaces === undefined) mark(ANYWHERE);
    if (rule.resourceNames === undefined || rule.filter === true) mark(ANY_NAME);
  }
  return { entries, reach, bits, width };
}

/** What a rule's resources and paths are found by: `ruleKey` of all that it could cover. */
export const keysOf = (rule: NeverRule): readonly string[] => rule.resources ?? rule.nonResourceURLs ?? [];

/** The first entry of those that could speak to a request for which `wanted` holds; `wanted` is asked of no others. */
export function find<T>(
  index: RuleIndex<T>,
  request: ApiRequest,
  wanted: (entry: T) => boolean,
): T | undefined {
  // A rule that takes may name a stream by more than one verb.
  const isTaken = index.reach === 'takes' && isStream(request);
  const verb = isTaken ? EVERY : rowOf(VERB, request.verb);
  const key = rowOf(KEY, ruleKey(request));
  if (request.kind === 'nonResource') return search(index, verb, EVERY, key, EVERY, EVERY, wanted);
  const unknown = index.reach === 'gives' ? NONE : EVERY;
  const group = rowOf(GROUP, request.apiGroup);
  const namespace = request.namespace === undefined ? unknown : rowOf(NAMESPACE, request.namespace);
  const name = request.name === undefined ? unknown : rowOf(NAME, request.name);
  return search(index, verb, group, key, namespace, name, wanted);
}

/** All entries that could speak to a request, in their order. */
export function named<T>(index: RuleIndex<T>, request: ApiRequest): readonly T[] {
  const found: T[] = [];
  find(index, request, (entry) => {
    found.push(entry);
    return false;
  });
  return found;
}

/** Like `find`, of all entries whose rules may name a resource or path: whatever the group, the verb and the place. */
export function findByKey<T>(index: RuleIndex<T>, key: string, wanted: (entry: T) => boolean): T | undefined {
  return search(index, EVERY, EVERY, rowOf(KEY, key), EVERY, EVERY, wanted);
}

function search<T>(
  { entries, bits, width }: RuleIndex<T>,
  verb: number,
  group: number,
  key: number,
  namespace: number,
  name: number,
  wanted: (entry: T) => boolean,
): T | undefined {
  const at = (row: number, word: number): number => bits[row * width + word] ?? 0;
  for (let word = 0; word < width; word++) {
    const placed = at(namespace, word) | at(ANYWHERE, word);
    const named = at(name, word) | at(ANY_NAME, word);
    let found = at(verb, word) & at(group, word) & at(key, word) & placed & named;
    while (found !== 0) {
      const lowest = 31 - Math.clz32(found & -found);
      found &= found - 1;
      const entry = entries[word * 32 + lowest];
      if (entry !== undefined && wanted(entry)) return entry;
    }
  }
  return undefined;
}

/** FNV-1a (32 bits), folded into ROWS. */
function rowOf(kind: number, word: string): number {
  let hash = 0x811c9dc5 ^ kind;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & (ROWS - 1);
}
