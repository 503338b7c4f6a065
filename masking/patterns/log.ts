// A log on its way to the agent, each line as soon as it is whole.
import type { Hold } from '../growing-bytes.ts';
import type { Masker } from '../masker.ts';
import type { Patterns } from './compile.ts';
import { createLineMasker } from './line-masker.ts';
import { wordsFor } from './words.ts';

export interface LogMasking {
  readonly patterns: Patterns;
  readonly hold: Hold;
  /** The agent had it end anywhere (limitBytes): a last line that is not whole is not shown, or part of a secret would be. */
  readonly cut: boolean;
}

/** A masker of identity-encoded text, for the most part UTF-8. Fails only for want of room. */
export function createLogMasker({ patterns, hold, cut }: LogMasking): Masker {
  const { write, end } = createLineMasker(patterns, hold);
  return { write, end: () => end(cut ? CUT : undefined) };
}

const CUT = new TextEncoder().encode(wordsFor('cut line'));
