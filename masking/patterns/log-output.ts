// What goes out of a log: pieces of what came in, and words between them, in one chunk for each that came.
import type { MaskedBytes } from '../masker.ts';
import type { HiddenOfLine } from './lines.ts';
import { replaced, type Span } from './span.ts';
import { wordsFor } from './words.ts';

export function createLogOutput() {
  let parts: Uint8Array[] = [];
  let count = 0;
  return {
    put(bytes: Uint8Array): void {
      if (bytes.length > 0) parts.push(bytes);
    },
    /** A text of which something is hidden; for what goes on from before, the words have been said. */
    say(text: string, { spans, goesOn }: Pick<HiddenOfLine, 'spans' | 'goesOn'>): void {
      count += spans.length - Number(goesOn);
      const said = replaced(text, spans, ({ name }, at) => (goesOn && at === 0 ? '' : wordsFor(name)));
      this.put(encoder.encode(said));
    },
    /** The same of a part of a line, by byte, of which the first `out` have gone out; `isSaid`: with words for the last of them. */
    putBytes(bytes: Uint8Array, spans: readonly Span[], out: number, isSaid: boolean): void {
      let from = out;
      for (const { start, end, name } of spans) {
        if (end <= from) continue;
        this.put(bytes.subarray(from, Math.max(from, start)));
        if (start >= out || !isSaid) {
          this.put(encoder.encode(wordsFor(name)));
          count += 1;
        }
        from = end;
      }
      this.put(bytes.subarray(from));
    },
    take(): MaskedBytes {
      const chunks = parts.length > 0 ? [joined(parts)] : [];
      const taken: MaskedBytes = { kind: 'masked', chunks, count };
      parts = [];
      count = 0;
      return taken;
    },
  };
}

const encoder = new TextEncoder();

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
