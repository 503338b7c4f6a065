// The command line: `chaperone …`, and `kubectl chaperone …` under its other name.
import { basename } from 'node:path';
import { RUN_HELP, readRunArguments } from './run/arguments.ts';
import { run } from './run/run.ts';
import { EXIT_USAGE, UsageError } from './usage-error.ts';

const HELP = `chaperone goes where the agent goes: it governs what an agent's kubectl, Helm and client libraries do.

Usage:
  chaperone COMMAND [options]

Commands:
  run      run a command under a policy, on a laptop or in CI
  help     this text

chaperone COMMAND --help says more. Installed as kubectl-chaperone it is also: kubectl chaperone COMMAND
`;

type Command = (argv: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  async run(argv) {
    const args = readRunArguments(argv);
    if (args === 'help') return print(RUN_HELP);
    return run(args, process.env);
  },
  help: async () => print(HELP),
  '--help': async () => print(HELP),
  '-h': async () => print(HELP),
};

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) return print(HELP);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new UsageError(
      `there is no command "${name}"; see ${basename(process.argv[1] ?? 'chaperone')} help`,
    );
  return command(rest);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`chaperone: ${error.message}\n`);
  process.exitCode = EXIT_USAGE;
}
