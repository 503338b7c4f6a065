// Runs the command in the person's terminal: stdin, stdout and stderr are theirs, signals are passed on, and its exit code
// becomes ours.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** The shell's codes for a command that is not there or cannot be run. */
const EXIT_NOT_FOUND = 127;
const EXIT_NOT_EXECUTABLE = 126;

export interface CommandEnd {
  readonly exitCode: number;
  /** Why it could not be started. */
  readonly problem?: string;
}

/** Resolves with the command's exit code, or 128 + the number of the signal that ended it, as a shell has it. */
export function runCommand(command: readonly string[], environment: NodeJS.ProcessEnv): Promise<CommandEnd> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: 'inherit', env: environment });
  const pass = (signal: NodeJS.Signals): void => {
    // A terminal's Ctrl-C and Ctrl-\\ reach the command by themselves; twice would make it give up its clean end.
    if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
    child.kill(signal);
  };
  for (const signal of PASSED_ON) process.on(signal, pass);
  return new Promise<CommandEnd>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const exitCode = error.code === 'ENOENT' ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
      resolve({
        exitCode,
        problem: `${file}: ${error.code === 'ENOENT' ? 'command not found' : error.code}`,
      });
    });
    child.once('exit', (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
    });
  }).finally(() => {
    for (const signal of PASSED_ON) process.off(signal, pass);
  });
}
