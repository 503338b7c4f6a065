// How much the kept parts hold, all together and those of one share: pure. A look at the folder corrects it, and forgets
// nothing that was taken while it looked. Other replicas may keep theirs in the same folder: what each of them takes between two
// looks, which the others do not see, is bounded.

export interface Taken {
  readonly share: string;
  readonly bytes: number;
}

export interface Ledger {
  /** Whether there is room for it; then it is taken. */
  take(taken: Taken): boolean;
  /** So much was taken since the last look that there must be another one before more is. */
  readonly isStale: boolean;
  /** A look begins; what is returned ends it with what it found. */
  look(): (found: Iterable<Taken>) => void;
}

/** No ServiceAccount's agents hold more than this part of all. */
export const SHARES = 4;
/** Of all, what is taken between two looks. */
const UNSEEN = 64;

export function createLedger(maxBytes: number): Ledger {
  let held = new Map<string, number>();
  let since: Taken[] | undefined;
  let unseen = 0;
  const add = ({ share, bytes }: Taken): void => void held.set(share, (held.get(share) ?? 0) + bytes);
  const all = (): number => [...held.values()].reduce((sum, bytes) => sum + bytes, 0);

  return {
    take(taken) {
      const own = held.get(taken.share) ?? 0;
      if (own + taken.bytes > maxBytes / SHARES || all() + taken.bytes > maxBytes) return false;
      add(taken);
      unseen += taken.bytes;
      since?.push(taken);
      return true;
    },
    get isStale() {
      return unseen > maxBytes / UNSEEN;
    },
    look() {
      const meanwhile: Taken[] = [];
      since = meanwhile;
      return (found) => {
        held = new Map();
        for (const taken of found) add(taken);
        // What it has seen of these counts twice, until the next look.
        for (const taken of meanwhile) add(taken);
        unseen = meanwhile.reduce((sum, { bytes }) => sum + bytes, 0);
        since = undefined;
      };
    },
  };
}
