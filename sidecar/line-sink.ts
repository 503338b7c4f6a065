// Lines that must be kept before something else may happen: each is written through before its promise resolves, lines
// that wait are written together, and a sink that is full, slow or broken refuses instead of growing.
import { write } from 'node:fs';
import { promisify } from 'node:util';

export interface LineSink {
  /** Resolves once the line is written; rejects with LineNotKept otherwise. */
  keep(line: string): Promise<void>;
}

export class LineNotKept extends Error {
  override readonly name = 'LineNotKept';
}

/** Lines that may wait for a slow reader. At 1 KiB a line this is 1 MiB. */
const MAX_WAITING = 1024;
/** A reader that has not taken a line by then is not there: the call is refused rather than held. */
const PATIENCE_MS = 5000;

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Writes to an open file descriptor, off the event loop: a pipe nobody reads must not stop the sidecar. */
export function createLineSink(fd: number): LineSink {
  const writeOut = promisify(write);
  let waiting: Waiting[] = [];
  let writing = false;

  const flush = async (): Promise<void> => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await writeAll(batch.map((w) => `${w.line}\n`).join(''));
        for (const w of batch) w.resolve();
      } catch (error) {
        for (const w of batch)
          w.reject(new LineNotKept((error as NodeJS.ErrnoException).code ?? 'write failed'));
      }
    }
    writing = false;
  };

  /** The last batch stopped within a line: what follows must not continue it. */
  let torn = false;
  const writeAll = async (lines: string): Promise<void> => {
    const bytes = Buffer.from(torn ? `\n${lines}` : lines);
    for (let done = 0; done < bytes.length; ) {
      done += (await writeOut(fd, bytes, done, bytes.length - done, null)).bytesWritten;
      torn = done < bytes.length;
    }
  };

  return {
    keep(line) {
      if (waiting.length >= MAX_WAITING) return Promise.reject(new LineNotKept('the queue is full'));
      return new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new LineNotKept('the reader is too slow')), PATIENCE_MS);
        const settle = (then: () => void) => () => {
          clearTimeout(late);
          then();
        };
        waiting.push({
          line,
          resolve: settle(resolve),
          reject: (error) => settle(() => reject(error))(),
        });
        if (!writing) void flush();
      });
    },
  };
}
