// Messages that go on whole: a client reads each for itself.
import type { Numbered } from './numbered.ts';

/** Decoded. A Status and a terminal's size need less. */
export const MAX_WHOLE_BYTES = 64 * 1024;

/** Of one side, whose messages come one after the other. Undefined: more is to come. */
export function createWholeReader(): (said: Numbered) => Numbered | 'tooLong' | undefined {
  let pieces: Uint8Array[] = [];
  let size = 0;
  return (said) => {
    if (said.bytes.length > 0) pieces.push(said.bytes);
    size += said.bytes.length;
    if (size > MAX_WHOLE_BYTES) return 'tooLong';
    if (!said.last) return undefined;
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    pieces = [];
    size = 0;
    return { ...said, first: true, bytes };
  };
}
