// Text on its way to the agent: bytes in as they come, and out line by line as soon as a line is whole, with what is hidden of it
// said in words. However the bytes are cut into chunks, the same comes out. A line without a match goes out byte for byte.
import { createGrowingBytes, type Hold } from '../growing-bytes.ts';
import type { Failure, MaskedBytes } from '../masker.ts';
import type { Patterns } from './compile.ts';
import { endsOfLines } from './line-ends.ts';
import { hiddenByLine, hiddenIn } from './lines.ts';
import { createLogOutput } from './log-output.ts';
import { textOfPart, withoutCutEnd } from './part-text.ts';

/** A longer line is looked at in parts of this size. */
export const MAX_LINE_BYTES = 64 * 1024;

/** Parts have so much in common, twice: what matches within it is found wherever it lies. */
export const MAX_MATCH_BYTES = 4 * 1024;

export interface LineMasker {
  write(chunk: Uint8Array): MaskedBytes | Failure;
  /** What is kept of a line that is not whole goes out as far as it is not hidden, and stays what the rest of it is looked at with. */
  letOut(): MaskedBytes;
  /** The end of the text. `last`: what stands for a line that is not whole; undefined: that line. */
  end(last?: Uint8Array): MaskedBytes;
}

/** A masker of identity-encoded text, for the most part UTF-8. Fails only for want of room. */
export function createLineMasker(patterns: Patterns, hold: Hold): LineMasker {
  const kept = createGrowingBytes(MAX_LINE_BYTES, hold);
  const next = hiddenByLine(patterns);
  const output = createLogOutput();
  /** So many bytes of what is kept have gone out: of a long line, or of one that was let out. */
  let out = 0;
  /** Words stand for the last of them. */
  let isSaid = false;
  /** The rest of this line is hidden. */
  let hidesRest = false;
  /** A key has begun, and words stand for it. */
  let inKey = false;

  function putLine(bytes: Uint8Array, ending: Uint8Array): void {
    if (!hidesRest && bytes.length > 0) {
      const part = out > 0 ? textOfPart(bytes) : undefined;
      const text = part?.text ?? decoder.decode(bytes);
      const hidden = next(text);
      inKey = hidden.opens;
      if (part !== undefined) output.putBytes(bytes, part.inBytes(hidden.spans), out, isSaid);
      else if (hidden.spans.length === 0) output.put(bytes);
      else output.say(text, hidden);
    }
    out = 0;
    isSaid = false;
    hidesRest = false;
    if (!inKey) output.put(ending);
  }

  /** Puts of a part of a line what no later part can change, and gives back what is looked at again with the next. */
  function putPart(bytes: Uint8Array): Uint8Array {
    const { text, inBytes } = textOfPart(bytes);
    if (inKey) {
      inKey = next(text).opens;
      hidesRest = true;
      out = 0;
      return NONE;
    }
    const spans = inBytes(hiddenIn(patterns, text));
    const settled = bytes.length - MAX_MATCH_BYTES;
    const end = spans.find((span) => span.start < settled && span.end > settled)?.end ?? settled;
    if (end > out) {
      const ended = spans.filter(({ start }) => start < end);
      output.putBytes(bytes.subarray(0, end), ended, out, isSaid);
      isSaid = ended.at(-1)?.end === end;
    }
    // A match without an end in all of this.
    hidesRest = end === bytes.length;
    out = hidesRest ? 0 : Math.max(end, out) - end + MAX_MATCH_BYTES;
    return hidesRest ? NONE : bytes.slice(end - MAX_MATCH_BYTES);
  }

  /** Keeps the beginning of a line. */
  function keep(piece: Uint8Array): Failure | undefined {
    for (let rest = piece; rest.length > 0; ) {
      if (hidesRest) return undefined;
      const fits = rest.subarray(0, MAX_LINE_BYTES - kept.length);
      if (kept.append(fits) !== 'kept') return { kind: 'noRoom' };
      rest = rest.subarray(fits.length);
      if (rest.length > 0 && kept.append(putPart(kept.take())) !== 'kept') return { kind: 'noRoom' };
    }
    return undefined;
  }

  return {
    write(chunk) {
      let from = 0;
      for (const at of endsOfLines(chunk)) {
        const failure = keep(chunk.subarray(from, at));
        if (failure !== undefined) return failure;
        from = at + 1;
        putLine(kept.take(), chunk.subarray(at, from));
      }
      return keep(chunk.subarray(from)) ?? output.take();
    },
    letOut() {
      // All of it: from anywhere else on, what opens and what closes a match may look alike.
      const bytes = withoutCutEnd(kept.view());
      if (bytes.length > out) {
        const { text, inBytes } = textOfPart(bytes);
        const { spans, goesOn } = next(text, false);
        const found = inBytes(spans);
        // Of a key that began in a line before, words stand already.
        if (goesOn && out === 0) [out, isSaid] = [found[0]?.end ?? 0, true];
        output.putBytes(bytes, found, out, isSaid);
        isSaid = found.at(-1)?.end === bytes.length;
        out = bytes.length;
      }
      return output.take();
    },
    end(last) {
      if (kept.length > out) putLine(last ?? kept.take(), NONE);
      return output.take();
    },
  };
}

const NONE = new Uint8Array(0);
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
