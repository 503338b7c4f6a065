// Which texts and keys of one release are hidden: what its Secrets tell, what a pattern of the policy finds, of the values that were
// given all that does not stand in the open anyhow, and every template and file of a chart that makes a Secret.
import type { Payload } from './codec.ts';
import { documentsOf, knownIn, onceEach, type Read } from './known-in.ts';
import { MIN_EQUAL } from './known-values.ts';
import type { Finds, Hides } from './leaves.ts';
import { readManifest } from './manifest.ts';
import { shownIn } from './shown-leaves.ts';

interface HiddenIn {
  readonly hides: Hides;
  /** In the values that its chart and a person gave. */
  readonly given: Hides;
  /** In the templates and files of its chart. */
  readonly made: Hides;
  readonly read: Read;
}

export function hiddenIn(payload: Payload, finds: Finds): HiddenIn {
  const read = onceEach(readManifest);
  const known = knownIn(payload, read);
  const hides: Hides = {
    text: (it, key) => known.isIn(it) || finds(it, key),
    key: (it) => known.isOne(it) || finds(it),
  };
  const shown = known.holdsSecret ? shownIn(documentsOf(payload, read), hides) : undefined;
  const given: Hides = {
    text: (it, key) => hides.text(it, key) || (shown !== undefined && !mayBeGiven(it, shown)),
    key: (it) => known.isKey(it) || finds(it),
  };
  // What a Secret was rendered from: whatever a template cuts out of it or adds to it. No command of Helm reads it in a release.
  const made: Hides = { ...hides, text: (it, key) => known.holdsSecret || hides.text(it, key) };
  return { read, hides, given, made };
}

/** Whatever a template makes of a value: this one stands in the open beside the Secrets, or is too short to be one. */
const mayBeGiven = (text: string, shown: ReadonlySet<string>): boolean =>
  text.length < MIN_EQUAL || shown.has(text.trim()) || text === 'true' || text === 'false';
