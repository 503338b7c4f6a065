// `chaperone run`: the same sidecar as in a pod, for one command on a laptop or in CI, or staying up as `kubectl proxy` does.
import { say } from '../say.ts';
import { type WrittenKubeconfig, writeKubeconfigAt, writePrivateKubeconfig } from './agent-kubeconfig.ts';
import type { RunArguments } from './arguments.ts';
import { runCommand } from './command.ts';
import { commandEnvironment } from './command-environment.ts';
import type { RunLoopback } from './loopback.ts';
import { catchSignals, type Signals } from './signals.ts';
import { type Governed, startGoverned } from './start.ts';

/** Runs to its end; resolves with the exit code. Throws UsageError for what the person must change. */
export async function run(
  args: RunArguments,
  environment: NodeJS.ProcessEnv,
  makingLoopback: Promise<RunLoopback>,
): Promise<number> {
  const governed = await startGoverned(args, environment, makingLoopback);
  const signals = catchSignals();
  const written: WrittenKubeconfig[] = [];
  const kubeconfig = async (write: Promise<WrittenKubeconfig>): Promise<string> => {
    const one = await write;
    written.push(one);
    return one.path;
  };
  const { access } = governed;
  try {
    const out =
      args.kubeconfigOut === undefined
        ? undefined
        : await kubeconfig(writeKubeconfigAt(args.kubeconfigOut, access));
    if (args.command.length === 0) {
      return await stayUp(governed, args, out ?? (await kubeconfig(writePrivateKubeconfig(access))), signals);
    }
    const own = await kubeconfig(writePrivateKubeconfig(access));
    const end = await runCommand(args.command, commandEnvironment(environment, own), signals);
    if (end.problem !== undefined) say(end.problem);
    return end.exitCode;
  } finally {
    await Promise.all(written.map((each) => each.remove()));
    const summary = await governed.stop();
    signals.release();
    // A file that could not be written is told in one line: nothing has run.
    if (written.length > 0) process.stderr.write(`${summary}\n`);
  }
}

/** These end it; the others it got are for commands. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Until a signal ends it. To be ended is what it waits for, so that is no failure. */
async function stayUp(
  { access, context }: Governed,
  { policy }: RunArguments,
  kubeconfig: string,
  signals: Signals,
): Promise<number> {
  const by = policy === undefined ? 'led through chaperone' : `governed by ${policy}`;
  say(`context ${context} is ${by} at https://127.0.0.1:${access.port}`);
  say(`use it with: export KUBECONFIG=${kubeconfig}`);
  await new Promise<void>((resolve) => {
    signals.takenBy((signal) => {
      if (ENDING.includes(signal)) resolve();
    });
  });
  return 0;
}
