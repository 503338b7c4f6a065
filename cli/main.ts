// The command line: `chaperone …`, and `kubectl chaperone …` under its other name.
import { REPLAY_HELP, readReplayArguments } from './replay/arguments.ts';
import { RUN_HELP, readRunArguments } from './run/arguments.ts';
import { say } from './say.ts';
import { EXIT_USAGE, UsageError } from './usage-error.ts';

const HELP = `chaperone goes where the agent goes: it governs what an agent's kubectl, Helm and client
libraries do to a cluster.

Usage:
  chaperone COMMAND [options]

Commands:
  run      run a command under a policy, on a laptop or in CI
  replay   show what was recorded of an agent's exec, attach or port-forward
  help     this text

chaperone COMMAND --help says more. Installed as kubectl-chaperone, all of it is there as
kubectl chaperone COMMAND too.
`;

type Command = (argv: readonly string[]) => Promise<number>;

const help: Command = async () => print(HELP);

const COMMANDS: Readonly<Record<string, Command>> = {
  async run(argv) {
    const args = readRunArguments(argv);
    if (args === 'help') return print(RUN_HELP);
    // A root takes as long to make as the rest takes to load: the one begins before the other.
    const { makeLoopback } = await import('./run/loopback.ts');
    const making = makeLoopback(Date.now());
    const { run } = await import('./run/run.ts');
    return run(args, process.env, making);
  },
  async replay(argv) {
    const args = readReplayArguments(argv);
    if (args === 'help') return print(REPLAY_HELP);
    const { replay } = await import('./replay/replay.ts');
    return replay(args);
  },
  help,
  '--help': help,
  '-h': help,
};

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function main([name = 'help', ...rest]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UsageError(`there is no command "${name}"; see chaperone help`);
  return command(rest);
}

// A reader that went away (`chaperone … | head`) must not take what is to be cleaned up with it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

async function exitCodeOf(argv: readonly string[]): Promise<number> {
  try {
    return await main(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(error.message);
    return EXIT_USAGE;
  }
}

// What may still be under way (a plugin that hangs, a key that nobody needs) holds nobody up.
process.exit(await exitCodeOf(process.argv.slice(2)));
