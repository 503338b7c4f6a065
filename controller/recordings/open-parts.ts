// The parts that are being written: each holds a file descriptor, so of all there may be at once no ServiceAccount's agents have
// more than their part. Where there is none left, recordings of the others would be refused, and their exec with them.
import type { FileHandle } from 'node:fs/promises';
import { SHARES } from './ledger.ts';

export interface OpenParts {
  /** Whether there is room for one; then it is taken, until `leave`. */
  enter(share: string): boolean;
  leave(share: string): void;
  readonly files: Set<FileHandle>;
  /** To the folder it looks as if each had been written now: who is still there is not removed for its silence. */
  touch(nowMs: number): Promise<void>;
}

export function createOpenParts(max: number): OpenParts {
  const counts = new Map<string, number>();
  const files = new Set<FileHandle>();
  let all = 0;

  return {
    files,
    enter(share) {
      const own = counts.get(share) ?? 0;
      if (all >= max || own >= max / SHARES) return false;
      counts.set(share, own + 1);
      all += 1;
      return true;
    },
    leave(share) {
      const own = (counts.get(share) ?? 0) - 1;
      if (own > 0) counts.set(share, own);
      else counts.delete(share);
      all -= 1;
    },
    async touch(nowMs) {
      const now = new Date(nowMs);
      // One that closes meanwhile needs it no more.
      for (const file of files) await file.utimes(now, now).catch(() => {});
    },
  };
}
