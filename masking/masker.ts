// A response on its way through a wall: bytes in as they come, what may be shown out as soon as it may.
// What is sent is printed from what was read. After the first failure nothing comes out any more.
import { bodyMasker } from './body-masker.ts';
import type { Hold } from './growing-bytes.ts';
import type { Unreadable } from './shape.ts';
import type { Wall } from './wall.ts';
import { watchMasker } from './watch-masker.ts';

/** Bytes that may go to the agent now, and how many values were hidden in them. */
export interface MaskedBytes {
  readonly kind: 'masked';
  readonly chunks: readonly Uint8Array[];
  readonly count: number;
}

/** There is no room for more of it while others are read. */
export interface NoRoom {
  readonly kind: 'noRoom';
}

export type Failure = Unreadable | NoRoom;

/**
 * One response's masker. `end` is called once, after the last `write`. A Failure is final: a body has shown nothing
 * yet (answer 502 or 429), a watch nothing of the event that failed (end the stream).
 */
export interface Masker {
  write(chunk: Uint8Array): MaskedBytes | Failure;
  end(): MaskedBytes | Failure;
}

export interface MaskerOptions extends Wall {
  /** An answer 200 to the verb watch: JSON events, one a line. Any other answer is one JSON body. */
  readonly watch: boolean;
  /** Asked before more is kept; what is given out is held no more. */
  readonly hold: Hold;
}

/** A masker of identity-encoded (never compressed) UTF-8 JSON. */
export function createMasker({ watch, hold, ...wall }: MaskerOptions): Masker {
  return watch ? watchMasker(wall.event, hold) : bodyMasker(wall, hold);
}
