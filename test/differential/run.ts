// So many cases from a seed, batch by batch, so that neither what was sent nor the audit log is held in memory.
import type { Exchange } from './exchange.ts';
import { BATCH, batchOf } from './requests.ts';
import type { Tally } from './tally.ts';

export interface Asked {
  readonly seed: number;
  readonly cases: number;
  /** Whom the API server must take every accepted request to come from. */
  readonly username: string;
}

/** Adds the cases 1 to `cases` of a seed to the tally; `onBatch` hears after each batch. */
export async function runCases(
  exchange: Exchange,
  { seed, cases, username }: Asked,
  tally: Tally,
  onBatch: () => void = () => {},
): Promise<void> {
  for (let done = 0; done < cases; done += BATCH) {
    const requests = batchOf(seed, done / BATCH).slice(0, cases - done);
    const exchanged = await exchange.run(requests);
    for (const [index, one] of exchanged.entries()) tally.add(one, username, seed, done + index + 1);
    onBatch();
  }
}
