// One text that is written, with what its sentinels stand for. A line that holds one must stand as it was shown: what is hidden
// of a line depends on that line alone, so it is hidden again, and whether it is accepted depends on nothing hidden.
import type { Fault } from '../put-back/put-back.ts';
import { belongsTo, type Hash, holdsSentinel, readSentinel, sentinel } from '../sentinel.ts';
import type { Patterns } from './compile.ts';
import type { HiddenTexts, LiveText } from './hidden.ts';
import { hiddenIn, isOneLine } from './lines.ts';
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
  if (of.isCopy)
    return written === of.shown
      ? { kind: 'text', text: of.text, count: of.spans.length }
      : 'SentinelMisplaced';
  if (holdsSentinel(written.replaceAll(SENTENCES, '\0'))) return 'SentinelMisplaced';
  const { hash, live, patterns } = how;
  const current = new Map(of.spans.map((span, at) => [sentinel(hash, live.version, of.placeOf(at)), span]));
  const said = new Set<string>();
  const spans: Span[] = [];
  let text = '';
  let from = 0;
  for (const { index, 0: sentence } of written.matchAll(SENTENCES)) {
    const span = current.get(sentence);
    if (span === undefined) return isOf(sentence, of, how) ? 'SentinelStale' : 'SentinelMisplaced';
    // Many of a large piece would make much of little.
    if (said.has(sentence)) return 'SentinelMisplaced';
    said.add(sentence);
    text += written.slice(from, index);
    spans.push({ ...span, start: text.length, end: text.length + span.end - span.start });
    text += of.text.slice(span.start, span.end);
    from = index + sentence.length;
  }
  text += written.slice(from);
  if (!standsAsShown(written, of)) return 'SentinelMisplaced';
  // Of what is cut out, what stands there instead may be a guess.
  if (said.size < of.spans.length) return 'HiddenTextOverwritten';
  // A last look, which finds nothing: what is not hidden again would be shown.
  const again = text === of.text ? of.spans : hiddenIn(patterns, text);
  const isHidden = spans.every(({ start, end }) => again.some((it) => it.start <= start && end <= it.end));
  return isHidden ? { kind: 'text', text, count: spans.length } : 'SentinelMisplaced';
}

/** Whether it stood for a piece of this text, now or at another version. */
export function isOf(sentence: string, { spans, placeOf }: LiveText, { hash, live }: Restoring): boolean {
  const read = readSentinel(sentence);
  if (read === undefined) return false;
  return spans.some((_span, at) => belongsTo(hash, read, live.version.uid, placeOf(at)));
}

/** A value of one line may be hidden for its name alone, which no second line has: it stands as a whole. */
function standsAsShown(written: string, { text, shown }: LiveText): boolean {
  if (isOneLine(text)) return written === shown;
  const lines = new Set(shown.split(BREAKS));
  return written.split(BREAKS).every((line) => !holdsSentinel(line) || lines.has(line));
}

const BREAKS = /[\r\n]+/;
