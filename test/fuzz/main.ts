// `npm run fuzz:bytes`: bytes of every kind at the port of a sidecar, and whether it stood.
import { randomInt } from 'node:crypto';
import { Obstacle } from '../cluster/obstacle.ts';
import { startCluster } from '../cluster/start.ts';
import { fuzzBytes } from './bytes.ts';
import { HELP, type Options, readOptions, UsageError } from './options.ts';

/** sysexits.h */
const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function fuzz({ seconds, seed, json }: Options): Promise<number> {
  const cluster = await startCluster({ node: false, onProgress: say });
  try {
    say(`attacking for ${seconds} s, seed ${seed}`);
    const { verdict, calls, faults } = await fuzzBytes(cluster, seconds, seed);
    for (const fault of faults.slice(0, 20)) say(`FAULT ${fault}`);
    const { connections, bytes, reachedUpstream, restarts, peakRssMiB } = verdict;
    say(
      `${connections} connections, ${bytes} bytes; ${reachedUpstream} reached the API server, ${restarts} restarts, ` +
        `at most ${peakRssMiB} MiB; ${calls} calls between them; ${faults.length} faults`,
    );
    if (json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

try {
  const options = readOptions(process.argv.slice(2), randomInt(2 ** 32));
  if (options === 'help') process.stdout.write(HELP);
  else process.exitCode = await fuzz(options);
} catch (error) {
  say((error as Error).message);
  process.exitCode = error instanceof UsageError ? EX_USAGE : error instanceof Obstacle ? EX_UNAVAILABLE : 1;
}
