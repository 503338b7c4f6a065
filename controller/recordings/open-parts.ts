// The parts that are being written: each holds a file descriptor, so they are shared out. Where there was none left, recordings of
// the others would be refused, and their exec with them.
import type { FileHandle } from 'node:fs/promises';
import { createShares, type Shares } from './shares.ts';

export interface OpenParts extends Shares {
  readonly files: Set<FileHandle>;
  /** To the folder it looks as if each had been written now: who is still there is not removed for its silence. */
  touch(nowMs: number): Promise<void>;
}

export function createOpenParts(max: number): OpenParts {
  const files = new Set<FileHandle>();
  return {
    ...createShares(max),
    files,
    async touch(nowMs) {
      const now = new Date(nowMs);
      // One that closes meanwhile needs it no more.
      for (const file of files) await file.utimes(now, now).catch(() => {});
    },
  };
}
