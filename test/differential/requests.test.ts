// Requests with every trick, read by the sidecar and by the API server: what could be decided as something other than what it
// is, is refused. `npm run fuzz:requests` plays as many as one likes.
import { expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { makeAccounts } from './accounts.ts';
import { openExchange } from './exchange.ts';
import { freshSeed } from './options.ts';
import { report } from './report.ts';
import { runCases } from './run.ts';
import { createTally, faultsOf } from './tally.ts';

/** The same requests at every run, then others. */
const RUNS = [
  { seed: 1, cases: 3000 },
  { seed: freshSeed(), cases: 2000 },
];

/** Twenty seconds on a quiet machine; other files share this one. */
const LONG_MS = 180_000;

const cluster = await suiteCluster();

test('of 5,000 requests none is decided as something else than it is', { timeout: LONG_MS }, async () => {
  await using accounts = await makeAccounts(cluster);
  await using exchange = await openExchange(cluster, accounts);
  const tally = createTally();
  for (const run of RUNS) await runCases(exchange, { ...run, username: accounts.username }, tally);
  const faults = faultsOf(tally);
  console.log(`differential: seeds ${RUNS.map(({ seed }) => seed).join(', ')}`);
  expect(faults, report(tally, faults)).toEqual([]);
});
