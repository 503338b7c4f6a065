// The words of a command as its accounts have them, the record and the span: without what the policy's patterns find in them. The
// API server and the recording get them as they are, and a refusal tells the agent its own.
import type { Patterns } from '../masking/patterns/compile.ts';
import { replaced } from '../masking/patterns/span.ts';
import { hideInWords, wordsFor } from '../masking/patterns/words.ts';
import { isStream } from '../policy/stream-rule.ts';
import type { AdmitParts } from './admit.ts';
import type { Call } from './call.ts';

/** Notes them where the call has a command; without entitlements nobody knows what is hidden, and none of them is told. */
export async function noteWords(
  { held, patterns }: Pick<AdmitParts, 'held' | 'patterns'>,
  call: Call,
): Promise<void> {
  const { request } = call;
  if (request === undefined || !isStream(request) || request.stream.kind === 'portforward') return;
  const by = held.current()?.held;
  if (by === undefined) return;
  const masked = { request, masking: by.kind === 'policy' ? by.masking : undefined };
  await patterns.ready(masked);
  call.words = hideInCommand(patterns.of(masked), request.stream.command);
}

/** As on one line, so that a word is hidden that is found by the one before it (`--password x`). */
export function hideInCommand(patterns: Patterns | undefined, command: readonly string[]): readonly string[] {
  if (patterns === undefined) return command;
  const { spans } = hideInWords(patterns, command.join(' '));
  let start = 0;
  return command.map((word) => {
    const [from, to] = [start, start + word.length];
    start = to + 1;
    const within = spans
      .filter((span) => span.start < to && span.end > from)
      .map(({ name, ...span }) => ({
        name,
        start: Math.max(span.start, from) - from,
        end: Math.min(span.end, to) - from,
      }));
    return replaced(word, within, ({ name }) => wordsFor(name));
  });
}
