// Bytes that arrive in pieces and are wanted whole, up to a limit and as long as there is room for them. They are copied, so
// that a small piece keeps neither its own object nor the large socket buffer alive that it is a view of.

/**
 * Holds so many bytes of a room that is shared, in place of those it held before. False: there is no room for more, and it
 * holds what it held.
 */
export type Hold = (bytes: number) => boolean;

export type Appended = 'kept' | 'tooLarge' | 'noRoom';

export interface GrowingBytes {
  readonly length: number;
  /** Nothing of the piece is kept where it would pass the limit or the room. */
  append(piece: Uint8Array): Appended;
  /** All bytes so far, good until the next call. */
  view(): Uint8Array;
  /** Begins anew, in what it holds. */
  clear(): void;
  /** All bytes so far, which are held no more; begins anew. */
  take(): Uint8Array;
}

/** Gives out several that hold of the one together, each nothing yet. */
export function divided(hold: Hold): () => Hold {
  let heldByAll = 0;
  return () => {
    let held = 0;
    return (bytes) => {
      if (!hold(heldByAll - held + bytes)) return false;
      heldByAll += bytes - held;
      held = bytes;
      return true;
    };
  };
}

const NONE = new Uint8Array(0);

export function createGrowingBytes(limitBytes: number, hold: Hold): GrowingBytes {
  let store = NONE;
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(piece) {
      const wanted = length + piece.length;
      if (wanted > limitBytes) return 'tooLarge';
      if (wanted > store.length) {
        const size = Math.min(limitBytes, Math.max(wanted, 2 * store.length));
        if (!hold(size)) return 'noRoom';
        const larger = new Uint8Array(size);
        larger.set(store.subarray(0, length));
        store = larger;
      }
      store.set(piece, length);
      length = wanted;
      return 'kept';
    },
    view: () => store.subarray(0, length),
    clear: () => {
      length = 0;
    },
    take() {
      const whole = store.subarray(0, length);
      store = NONE;
      length = 0;
      hold(0);
      return whole;
    },
  };
}
