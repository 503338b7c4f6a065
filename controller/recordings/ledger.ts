// How much the kept parts hold, all together and those of one share: pure. A look at the folder corrects it, and forgets
// nothing that was taken while it looked.

export interface Taken {
  readonly share: string;
  readonly bytes: number;
}

export interface Ledger {
  /** Whether there is room for it; then it is taken. */
  take(taken: Taken): boolean;
  /** A look begins; what is returned ends it with what it found. */
  look(): (found: Iterable<Taken>) => void;
}

/** No ServiceAccount's agents hold more than this part of all. */
const SHARES = 4;

export function createLedger(maxBytes: number): Ledger {
  let held = new Map<string, number>();
  let since: Taken[] | undefined;
  const add = ({ share, bytes }: Taken): void => void held.set(share, (held.get(share) ?? 0) + bytes);
  const all = (): number => [...held.values()].reduce((sum, bytes) => sum + bytes, 0);

  return {
    take(taken) {
      const own = held.get(taken.share) ?? 0;
      if (own + taken.bytes > maxBytes / SHARES || all() + taken.bytes > maxBytes) return false;
      add(taken);
      since?.push(taken);
      return true;
    },
    look() {
      const meanwhile: Taken[] = [];
      since = meanwhile;
      return (found) => {
        held = new Map();
        for (const taken of found) add(taken);
        // What it has seen of these counts twice, until the next look.
        for (const taken of meanwhile) add(taken);
        since = undefined;
      };
    },
  };
}
