// Bytes that arrive in pieces and are wanted whole, up to a limit. They are copied, so that a small piece does not
// keep the large socket buffer alive that it is a view of.

export interface GrowingBytes {
  readonly length: number;
  /** False, and nothing kept of it, where the piece would pass the limit. */
  append(piece: Uint8Array): boolean;
  /** All bytes so far, valid until the next append; begins anew. */
  take(): Uint8Array;
}

export function createGrowingBytes(limitBytes: number): GrowingBytes {
  let store = new Uint8Array(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(piece) {
      const wanted = length + piece.length;
      if (wanted > limitBytes) return false;
      if (wanted > store.length) {
        const larger = new Uint8Array(Math.min(limitBytes, Math.max(wanted, 2 * store.length)));
        larger.set(store.subarray(0, length));
        store = larger;
      }
      store.set(piece, length);
      length = wanted;
      return true;
    },
    take() {
      const whole = store.subarray(0, length);
      length = 0;
      return whole;
    },
  };
}
