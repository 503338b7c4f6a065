// The copy that a tool keeps of what it writes, as it is stored where it is not the one that stands there: words stand in it for
// its sentinels, and where that one hides something, for all that would be hidden of it. So it equals none that hides a secret.
import { holdsSentinel } from '../sentinel.ts';
import { SENTENCES } from './restored-text.ts';
import type { RestorerHow } from './restorer.ts';
import { showCopy } from './shown-copy.ts';
import { wordsFor } from './words.ts';

/** What tools keep a copy for is which fields it has. */
const IN_COPIES = wordsFor('masked');

/** What is in words is hidden for its name too, and then said in the same words. */
const MAX_LOOKS = 4;

/** `hidesAll`: the live copy hides something. Undefined: something of it stays hidden that words do not stand for. */
export function copyInWords(text: string, how: RestorerHow, hidesAll: boolean): string | undefined {
  const { leavesOthers, live, patterns } = how;
  const own = leavesOthers ? live.sentences() : undefined;
  let said = text.replaceAll(SENTENCES, (it) => (own === undefined || own.has(it) ? IN_COPIES : it));
  if (!leavesOthers && holdsSentinel(said)) return undefined;
  for (let looks = 0; hidesAll; looks += 1) {
    const { text: shown } = showCopy(said, patterns, () => IN_COPIES);
    if (shown === said) break;
    if (looks === MAX_LOOKS) return undefined;
    said = shown;
  }
  return said;
}
