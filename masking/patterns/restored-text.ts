// One text that is written, with what its sentinels stand for. Each line that holds one must stand as it was shown, and all in the
// order in which they were: so what is hidden is hidden again, whether it is accepted depends on nothing hidden, and it equals the
// text that is there only where it is written as it was shown.
import type { Fault } from '../put-back/put-back.ts';
import { belongsTo, type Hash, holdsSentinel, readSentinel, sentinel } from '../sentinel.ts';
import type { Patterns } from './compile.ts';
import type { HiddenTexts, LiveText } from './hidden.ts';
import { hiddenIn, holdsKeyMark, isOneLine } from './lines.ts';
import type { Span } from './span.ts';

export interface Restoring {
  readonly hash: Hash;
  readonly patterns: Patterns;
  readonly live: HiddenTexts;
}

export interface RestoredText {
  readonly kind: 'text';
  readonly text: string;
  /** How many pieces were put back, each once. */
  readonly count: number;
}

/** Any whole sentence. */
export const SENTENCES = /chaperone: hidden value [0-9a-f]{48}/g;

type Code = Extract<Fault['code'], 'SentinelMisplaced' | 'SentinelStale' | 'HiddenTextOverwritten'>;

export function restoreText(written: string, of: LiveText, how: Restoring): RestoredText | Code {
  if (written === of.shown) return { kind: 'text', text: of.text, count: of.spans.length };
  if (of.isCopy || holdsSentinel(written.replaceAll(SENTENCES, '\0'))) return 'SentinelMisplaced';
  const { hash, live, patterns } = how;
  const current = new Map(of.spans.map((_span, at) => [sentinel(hash, live.version, of.placeOf(at)), at]));
  const spans: Span[] = [];
  let next = 0;
  let text = '';
  let from = 0;
  for (const { index, 0: sentence } of written.matchAll(SENTENCES)) {
    const at = current.get(sentence);
    const span = at === undefined ? undefined : of.spans[at];
    if (at === undefined || span === undefined)
      return isOf(sentence, of, how) ? 'SentinelStale' : 'SentinelMisplaced';
    // Said again, or before one that it came after: two that are equal can change places and nothing is changed.
    if (at < next) return 'SentinelMisplaced';
    next = at + 1;
    text += written.slice(from, index);
    spans.push({ ...span, start: text.length, end: text.length + span.end - span.start });
    text += of.text.slice(span.start, span.end);
    from = index + sentence.length;
  }
  text += written.slice(from);
  if (!standsAsShown(written, of)) return 'SentinelMisplaced';
  // Of what is cut out, what stands there instead may be a guess. How far a key goes from a line depends on what is hidden of it.
  if (spans.length < of.spans.length || (patterns.wellKnown && written.split(BREAKS).some(holdsKeyMark)))
    return 'HiddenTextOverwritten';
  // A last look, which finds nothing: what is not hidden again would be shown.
  const again = hiddenIn(patterns, text);
  const isHidden = spans.every(({ start, end }) => again.some((it) => it.start <= start && end <= it.end));
  return isHidden ? { kind: 'text', text, count: spans.length } : 'SentinelMisplaced';
}

/** Whether it stood for a piece of this text, now or at another version. */
export function isOf(sentence: string, { spans, placeOf }: LiveText, { hash, live }: Restoring): boolean {
  const read = readSentinel(sentence);
  if (read === undefined) return false;
  return spans.some((_span, at) => belongsTo(hash, read, live.version.uid, placeOf(at)));
}

/** What is of one line is looked at otherwise than what has several, and may be hidden for its name: it stands as a whole. */
function standsAsShown(written: string, { shown }: LiveText): boolean {
  if (isOneLine(shown) || isOneLine(written)) return false;
  const lines = new Set(shown.split(BREAKS));
  return written.split(BREAKS).every((line) => !holdsSentinel(line) || lines.has(line));
}

const BREAKS = /[\r\n]+/;
