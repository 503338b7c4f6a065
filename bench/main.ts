// `npm run bench`: what chaperone costs, measured on this machine in one run.
import { parseArgs } from 'node:util';
import { Obstacle } from '../test/cluster/obstacle.ts';
import { bench } from './bench.ts';
import { report } from './report.ts';

const HELP = `Usage: npm run bench [-- OPTION]

Measures the bundled sidecar in a pod against a bare proxy and against none: CPU a request, memory, start, latency.
Prints tables of Markdown; those of bench/README.md are one run's.

  --quick    one short round: to see that it runs, not to be quoted
  --compare  also the same sidecar with the other heap, and without spans
  --json     the figures as JSON, with their spread
  --help     this text
`;

/** sysexits.h */
const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;

const FULL = { rounds: 3, warmUpMs: 1000, windowMs: 3000, restarts: 10 };
const QUICK = { rounds: 1, warmUpMs: 300, windowMs: 1000, restarts: 2 };

try {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      compare: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else {
    const say = (line: string): void => void process.stderr.write(`… ${line}\n`);
    const figures = await bench({ ...(values.quick ? QUICK : FULL), compare: values.compare, say });
    process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : report(figures));
  }
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(`${message}\n`);
  if (code?.startsWith('ERR_PARSE_ARGS')) process.exitCode = EX_USAGE;
  else process.exitCode = error instanceof Obstacle ? EX_UNAVAILABLE : 1;
}
