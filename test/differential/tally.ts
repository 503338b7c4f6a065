// What a run came to: how many cases of each verdict, which branches and tricks were reached, and what went wrong.

import { KINDS, reached } from './coverage.ts';
import type { Exchanged } from './exchange.ts';
import { REASONS } from './reasons.ts';
import { type Verdict, verdictOn } from './verdict.ts';

/** One `more`, with what it takes to play it again: `--seed S --cases N` sends it as the last. */
export interface Finding {
  readonly seed: number;
  readonly case: number;
  readonly raw: Exchanged['raw'];
  readonly verdict: Verdict;
}

export interface Tally {
  readonly cases: number;
  readonly verdicts: Readonly<Record<Verdict['kind'], number>>;
  /** The first ones. */
  readonly more: readonly Finding[];
  /** Cases by reason. */
  readonly refused: ReadonlyMap<string, number>;
  /** Cases by what they reached. */
  readonly reached: ReadonlyMap<string, number>;
  add(exchanged: Exchanged, username: string, seed: number, number: number): void;
}

/** Enough to see what is wrong; a broken parser would give thousands. */
const MAX_FINDINGS = 20;
/** From so many cases on a run proves nothing unless everything came up. */
const COMPLETE_FROM = 5000;

export function createTally(): Tally {
  let cases = 0;
  const verdicts = { same: 0, refusedByBoth: 0, mended: 0, refused: 0, more: 0 };
  const more: Finding[] = [];
  const refused = new Map<string, number>();
  const counts = new Map<string, number>();
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  return {
    get cases() {
      return cases;
    },
    verdicts,
    more,
    refused,
    reached: counts,
    add(exchanged, username, seed, number) {
      const { raw } = exchanged;
      const verdict = verdictOn(exchanged, username);
      cases += 1;
      verdicts[verdict.kind] += 1;
      if (verdict.kind === 'more' && more.length < MAX_FINDINGS)
        more.push({ seed, case: number, raw, verdict });
      if (verdict.kind === 'refused') count(refused, verdict.reason);
      for (const what of reached(exchanged)) count(counts, what);
    },
  };
}

/** Why a run is no proof; empty where it is one. */
export function faultsOf(tally: Tally): string[] {
  const faults: string[] = [];
  if (tally.verdicts.more > 0)
    faults.push(`${tally.verdicts.more} requests are decided as something else than they are`);
  for (const [reason, cases] of tally.refused)
    if (!Object.hasOwn(REASONS, reason)) faults.push(`refused without an explanation: ${reason} (${cases})`);
  if (tally.cases < COMPLETE_FROM) return faults;
  for (const what of KINDS) if (!tally.reached.has(what)) faults.push(`never came up: ${what}`);
  return faults;
}
