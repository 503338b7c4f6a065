// Every text of a write, restored at its place; the first fault stands for all. What is written as it is over a hidden text is
// refused where the answer would tell whether the two are equal.
import { type Fault, fault } from '../put-back/put-back.ts';
import { holdsSentinel } from '../sentinel.ts';
import { guessesAt } from './guess.ts';
import { idOf, type LiveText, mayHold } from './live-texts.ts';
import { isFixed } from './mutable.ts';
import { type Step, sayPath } from './path.ts';
import { isOf, type Restoring, restoreText, SENTENCES } from './restored-text.ts';
import { isCopyAt } from './shown-text.ts';
import { eachText, type Found } from './texts.ts';
import { wordsFor } from './words.ts';

export interface Restorer {
  /** `value` with its texts restored, as it would stand at `at`. `tells`: of an operation that compares. */
  restore(value: unknown, at: readonly Step[], tells?: boolean): unknown;
  /** Whether one of the fields on the way there may be a hidden one's name, guessed. */
  guessesName(at: readonly Step[]): boolean;
  readonly fault: Fault | undefined;
  /** How many pieces were put back. */
  readonly count: number;
}

/** Of one text in one write: each operation of a patch may set it again. */
const MAX_TIMES = 8;

/** What tools keep a copy for is which fields it has. */
const IN_COPIES = wordsFor('masked');

/** `tells`: the answer says whether a text is equal to that which it was written over. */
export function createRestorer(how: Restoring & { readonly tells: boolean }): Restorer {
  const { live } = how;
  const isGuess = guessesAt(live);
  const times = new Map<string, number>();
  let first: Fault | undefined;
  let count = 0;

  const refuse = (found: Found, code: Fault['code']): string => {
    first ??= { ...fault(code, sayPath(found.path)), ...belonging(found.text, how) };
    return found.text;
  };

  function restored(found: Found, tells: boolean): string {
    const compares = tells || isFixed(found.path, live.root);
    if (!holdsSentinel(found.text)) {
      const isOver = isDeletion(found, how) || (compares && isGuess(found));
      return isOver ? refuse(found, 'HiddenOverwritten') : found.text;
    }
    const of = found.isKey ? undefined : live.hidden.get(idOf(found));
    const outcome = of === undefined ? 'SentinelMisplaced' : restoreText(found.text, of, how);
    if (typeof outcome === 'string') return inCopy(found, of, tells) ?? refuse(found, outcome);
    if (of !== undefined && compares && outcome.count < of.spans.length)
      return refuse(found, 'HiddenOverwritten');
    const so = (times.get(idOf(found)) ?? 0) + 1;
    times.set(idOf(found), so);
    if (so > MAX_TIMES) return refuse(found, 'SentinelMisplaced');
    count += outcome.count;
    return outcome.text;
  }

  return {
    restore: (value, at, tells = how.tells) => eachText(value, (found) => restored(found, tells), at),
    guessesName: (at) =>
      at.some((step, index) => {
        const path = at.slice(0, index + 1);
        return typeof step === 'string' && isGuess({ path, isKey: true, text: step, context: undefined });
      }),
    get fault() {
      return first;
    },
    get count() {
      return count;
    },
  };
}

/**
 * A copy that a tool makes of what it writes holds the sentinels of other places: words stand in it for them. With those it
 * equals no live copy, but one that holds words too.
 */
function inCopy(found: Found, of: LiveText | undefined, tells: boolean): string | undefined {
  if (!isCopyAt(found)) return undefined;
  if (of !== undefined && tells && of.text.includes(IN_COPIES)) return undefined;
  const said = found.text.replaceAll(SENTENCES, IN_COPIES);
  return holdsSentinel(said) ? undefined : said;
}

/** A directive of strategic merge patch that names what is to be deleted by its value. */
function isDeletion({ path }: Found, { live }: Restoring): boolean {
  const directive = path.at(-2);
  if (typeof directive !== 'string' || !directive.startsWith(DELETES)) return false;
  const list = [...path.slice(0, -2), directive.slice(DELETES.length)];
  return mayHold(
    live,
    list.map((step) => (typeof step === 'string' ? step : String(step.index))),
  );
}

const DELETES = '$deleteFromPrimitiveList/';

/** Where in this object a sentinel belongs. */
function belonging(text: string, how: Restoring): Pick<Fault, 'belongsAt'> {
  const [sentence] = text.match(SENTENCES) ?? [];
  if (sentence === undefined) return {};
  const own = [...how.live.hidden.values()].find((of) => isOf(sentence, of, how));
  return own === undefined ? {} : { belongsAt: own.keys.map((key) => key ?? '*').join('.') };
}
