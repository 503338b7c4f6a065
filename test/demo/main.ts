// `npm run demo`: a real cluster, a real pod, an unmodified kubectl, before and after.
import { parseArgs } from 'node:util';
import { Obstacle } from '../cluster/obstacle.ts';
import { play } from './play.ts';
import { setStage } from './stage.ts';
import { jsonScreen, personScreen, type Screen, type Step } from './steps.ts';

const HELP = `Usage: npm run demo [-- OPTION]

Boots a Kubernetes cluster on this machine, installs chaperone, and plays an agent's kubectl in a real pod,
before and after. Exits 1 if anything differs from what was expected.

  --json   one JSON object a step: {step, command, expected, outcome, ok}
  --keep   leave the cluster up afterwards, and say how to play on
  --help   this text

OTEL_EXPORTER_OTLP_ENDPOINT, where it is set, gets the spans too.
`;

/** sysexits.h */
const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;

try {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) process.stdout.write(HELP);
  else process.exitCode = await demo(values.json === true, values.keep === true);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(`${message}\n`);
  if (code?.startsWith('ERR_PARSE_ARGS')) process.exitCode = EX_USAGE;
  else process.exitCode = error instanceof Obstacle ? EX_UNAVAILABLE : 1;
}

async function demo(json: boolean, keep: boolean): Promise<number> {
  const startedMs = performance.now();
  const say = (line: string): void => void process.stderr.write(`… ${line}\n`);
  const steps: Step[] = [];
  const screen = counting(
    steps,
    json ? jsonScreen(writeOut) : personScreen(writeOut, process.stdout.isTTY === true),
  );
  const stage = await setStage(say);
  let kept = false;
  try {
    await play(stage, screen);
    const different = steps.filter((step) => !step.ok).length;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    say(
      `${steps.length} steps, ${different === 0 ? 'each as expected' : `${different} DIFFERENT`}, in ${seconds} s`,
    );
    if (keep) {
      kept = true;
      say(`the cluster is up until Ctrl-C; to play on, in another shell:`);
      say(`  export KUBECONFIG=${stage.cluster.kubeconfig}`);
      say(`  ${stage.cluster.programs.kubectl} exec -it -n agents triage -c agent -- sh`);
      await interrupted();
    }
    return different === 0 ? 0 : 1;
  } finally {
    if (kept) say('stopping');
    await stage.cluster.stop();
  }
}

function counting(steps: Step[], screen: Screen): Screen {
  return {
    ...screen,
    step(step) {
      steps.push(step);
      screen.step(step);
    },
  };
}

function writeOut(text: string): void {
  process.stdout.write(text);
}

/** A process with nothing else to do would end by itself. */
async function interrupted(): Promise<void> {
  const up = setInterval(() => {}, 2 ** 30);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  clearInterval(up);
}
