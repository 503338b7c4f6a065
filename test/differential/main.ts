// `npm run fuzz:requests`: the differential run on a cluster of its own.
import { Obstacle } from '../cluster/obstacle.ts';
import { startCluster } from '../cluster/start.ts';
import { makeAccounts } from './accounts.ts';
import { openExchange } from './exchange.ts';
import { HELP, type Options, readOptions, UsageError } from './options.ts';
import { report, summaryOf } from './report.ts';
import { runCases } from './run.ts';
import { createTally, faultsOf, type Tally } from './tally.ts';

/** sysexits.h: what we were asked for is not understood; what we need is not there. */
const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;
const SAY_EVERY_MS = 2000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(HELP);
  else {
    say(`seed ${options.seed}`);
    const tally = await fuzz(options);
    const faults = faultsOf(tally);
    const told = report(tally, faults);
    if (options.json) process.stderr.write(told);
    process.stdout.write(options.json ? `${summaryOf(tally)}\n` : told);
    process.exitCode = faults.length === 0 ? 0 : 1;
  }
} catch (error) {
  say((error as Error).message);
  process.exitCode = error instanceof UsageError ? EX_USAGE : error instanceof Obstacle ? EX_UNAVAILABLE : 1;
}

async function fuzz({ seed, cases }: Options): Promise<Tally> {
  const cluster = await startCluster({ node: false, onProgress: say });
  try {
    const accounts = await makeAccounts(cluster);
    await using exchange = await openExchange(cluster, accounts);
    const tally = createTally();
    let saidMs = performance.now();
    await runCases(exchange, { seed, cases, username: accounts.username }, tally, () => {
      if (performance.now() - saidMs < SAY_EVERY_MS) return;
      saidMs = performance.now();
      say(`… ${tally.cases} of ${cases}, ${tally.verdicts.more} decided as something else`);
    });
    return tally;
  } finally {
    await cluster.stop();
  }
}
