// What there may be of something at once, shared out: no ServiceAccount's agents have more than their part of it, so that none of
// them, however many pods it has, takes it from all others.

/** The part of each is one of so many. */
export const SHARES = 4;

export interface Shares {
  /** Whether there is room for one; then it is taken, until `leave`. */
  enter(share: string): boolean;
  leave(share: string): void;
}

export function createShares(max: number): Shares {
  const counts = new Map<string, number>();
  let all = 0;

  return {
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
  };
}
