// How much the kept parts hold, all together and those of one share: pure. A look at the folder corrects it, and forgets
// nothing that was taken while it looked. Other replicas may keep theirs in the same folder: what each of them takes between two
// looks, which the others do not see, is bounded.
import { SHARES } from './shares.ts';

export interface Taken {
  readonly share: string;
  readonly bytes: number;
}

/** A look before more is taken; one that nobody needs to wait for; or none. */
export type Wanted = 'lookFirst' | 'look' | 'nothing';

export interface Ledger {
  /** Whether there is room for it; then it is taken. */
  take(taken: Taken): boolean;
  /** By what was taken since the last look, by this share and by all: one that takes much does not make the others wait. */
  wants(share: string): Wanted;
  /** A look begins; what is returned ends it with what it found. */
  look(): (found: Iterable<Taken>) => void;
}

/** Of all, what is taken between two looks. */
const UNSEEN = 64;

export function createLedger(maxBytes: number): Ledger {
  let held = createSums();
  let unseen = createSums();
  let since: Taken[] | undefined;

  return {
    take(taken) {
      const { share, bytes } = taken;
      if (held.of(share) + bytes > maxBytes / SHARES || held.all() + bytes > maxBytes) return false;
      held.add(taken);
      unseen.add(taken);
      since?.push(taken);
      return true;
    },
    wants(share) {
      const most = Math.max(unseen.of(share) * SHARES, unseen.all());
      if (most > maxBytes / UNSEEN) return 'lookFirst';
      return most > maxBytes / UNSEEN / 2 ? 'look' : 'nothing';
    },
    look() {
      const meanwhile: Taken[] = [];
      since = meanwhile;
      return (found) => {
        // What it has seen of what was taken meanwhile counts twice, until the next look.
        held = createSums([...found, ...meanwhile]);
        unseen = createSums(meanwhile);
        since = undefined;
      };
    },
  };
}

function createSums(begin: readonly Taken[] = []) {
  const sums = new Map<string, number>();
  let all = 0;
  const of = (share: string): number => sums.get(share) ?? 0;
  const add = ({ share, bytes }: Taken): void => {
    sums.set(share, of(share) + bytes);
    all += bytes;
  };
  for (const taken of begin) add(taken);
  return { of, add, all: () => all };
}
