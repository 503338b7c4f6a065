// Chance that can be had again: the same seed gives the same attacks.

export interface Random {
  /** From 0 to below `n`. */
  below(n: number): number;
  /** True once in `n`. */
  once(n: number): boolean;
  pick<T>(from: readonly T[]): T;
  bytes(size: number): Buffer;
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, which is enough to be unlike. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    once: (n) => below(n) === 0,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
    bytes: (size) => Buffer.from(Array.from({ length: size }, () => below(256))),
  };
}
