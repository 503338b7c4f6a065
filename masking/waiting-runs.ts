// Runs of elements that wait unread until it is known what they are elements of: of custom resources `kind` and `metadata`
// stand behind `items`.
import type { Hold } from './growing-bytes.ts';
import type { Failure } from './masker.ts';
import { unreadable } from './shape.ts';
import { type Counted, MAX_BODY_BYTES } from './unread.ts';

export interface WaitingRuns {
  /** How many values and keys begin in all of them. */
  readonly values: number;
  add(run: Counted): Failure | undefined;
  /** All runs; they are held until `release`. */
  take(): Uint8Array[];
  release(): void;
}

export function createWaitingRuns(hold: Hold): WaitingRuns {
  const runs: Uint8Array[] = [];
  let [bytes, values] = [0, 0];
  return {
    get values() {
      return values;
    },
    add(run) {
      bytes += run.bytes.length;
      values += run.values;
      if (bytes > MAX_BODY_BYTES) return unreadable(`the body is larger than ${MAX_BODY_BYTES} bytes`);
      if (!hold(bytes)) return { kind: 'noRoom' };
      // A copy: what it came in is used again.
      runs.push(run.bytes.slice());
      return undefined;
    },
    take: () => runs.splice(0),
    release: () => {
      hold(0);
    },
  };
}
