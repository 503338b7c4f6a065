// Whether what is written as it is could be compared, by who answers, with something hidden. Which item of a list the API server
// compares it with is its schema's to say: a text in one may be compared with what is hidden in any other, but where both are
// known by name.
import { idOf, keysOf, type LiveTexts } from './live-texts.ts';
import { itemOf, type Step } from './path.ts';
import { eachText, type Found } from './texts.ts';

/** Whether a text, or a field's name, is a guess: what the object is seen to have at its very place is none. */
export type IsGuess = (found: Pick<Found, 'path' | 'isKey' | 'text' | 'context'>) => boolean;

/** Lists whose items are known by name wherever Kubernetes has them (PodSpec, Container). */
const NAMED: ReadonlySet<unknown> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
  'env',
  'volumes',
]);

export function guessesAt(live: LiveTexts): IsGuess {
  /** Where texts are hidden, of lists in any item; and whether each is known by names alone. */
  const texts = new Map<string, boolean>();
  /** Below these a field's name is hidden. */
  const parents = new Set<string>();
  for (const { path, isKey } of live.hidden.values()) {
    const at = fieldsTo(path);
    if (isKey) parents.add(fieldsTo(path.slice(0, -1)));
    else texts.set(at, (texts.get(at) ?? true) && isByName(path));
  }
  const isNear = ({ path, isKey }: Pick<Found, 'path' | 'isKey'>) =>
    isKey ? parents.has(fieldsTo(path.slice(0, -1))) : texts.has(fieldsTo(path));
  let seen: ReadonlySet<string> | undefined;
  return (found) => {
    if (live.hidden.size === 0 || !isNear(found)) return false;
    const isApart = !found.isKey && texts.get(fieldsTo(found.path)) === true && isByName(found.path);
    if (isApart && !live.hidden.has(idOf(found))) return false;
    seen ??= seenIn(live, isNear);
    return !seen.has(said(found));
  };
}

const fieldsTo = (path: readonly Step[]): string => JSON.stringify(keysOf(path));

/** An item's own name, where it is hidden, is what it would be known by. */
const isByName = (path: readonly Step[]): boolean =>
  !(path.at(-1) === 'name' && typeof path.at(-2) === 'object') &&
  path.every(
    (step, at) =>
      typeof step === 'string' ||
      (NAMED.has(path[at - 1]) && typeof itemOf(step.list, step.index)[0] === 'string'),
  );

/** A text, or a name, at its place. Where it would be hidden for its name too, it is another. */
const said = (found: Parameters<IsGuess>[0]): string =>
  JSON.stringify([idOf(found), found.context, found.isKey || found.text]);

function seenIn(live: LiveTexts, isNear: (found: Found) => boolean): ReadonlySet<string> {
  const seen = new Set<string>();
  eachText(live.root, (found) => {
    if (isNear(found) && !live.hidden.has(idOf(found))) seen.add(said(found));
    return found.text;
  });
  return seen;
}
