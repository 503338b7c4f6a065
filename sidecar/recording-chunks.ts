// Lines that wait to be kept, and how they go in chunks that the controller takes. What they take in memory is counted, not only
// how long they are.
import { MAX_CHUNK_BYTES } from '../wire/recordings.ts';
import type { HeldShare } from './recording-room.ts';

/** Lines in a chunk (wire/recordings.ts). */
const MAX_LINES = 4096;
/** What a line takes beside its text: of short ones, most of it. */
export const LINE_COST = 96;

export interface Chunk {
  readonly lines: readonly string[];
  /** Held until it is kept. */
  readonly cost: number;
}

export interface Chunks {
  add(lines: readonly string[]): void;
  /** The next; undefined: nothing waits. */
  next(): Chunk | undefined;
  clear(): void;
}

export function createChunks(share: Pick<HeldShare, 'hold'>): Chunks {
  const waiting: { readonly line: string; readonly bytes: number }[] = [];

  return {
    add(lines) {
      for (const line of lines) {
        const bytes = Buffer.byteLength(line) + 1;
        waiting.push({ line, bytes });
        share.hold(bytes + LINE_COST);
      }
    },
    next() {
      const lines: string[] = [];
      let bytes = 0;
      for (const next of waiting) {
        if (lines.length > 0 && (bytes + next.bytes > MAX_CHUNK_BYTES || lines.length === MAX_LINES)) break;
        lines.push(next.line);
        bytes += next.bytes;
      }
      waiting.splice(0, lines.length);
      return lines.length === 0 ? undefined : { lines, cost: bytes + lines.length * LINE_COST };
    },
    clear() {
      waiting.length = 0;
    },
  };
}
