// Runs the command in the person's terminal: stdin, stdout and stderr are theirs, signals are passed on, and its exit code
// becomes ours.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Signals } from './signals.ts';

/** The shell's codes for a command that is not there or cannot be run. */
const EXIT_NOT_FOUND = 127;
const EXIT_NOT_EXECUTABLE = 126;

export interface CommandEnd {
  readonly exitCode: number;
  /** Why it could not be started. */
  readonly problem?: string;
}

/** Resolves with the command's exit code, or 128 + the number of the signal that ended it, as a shell has it. */
export function runCommand(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  signals: Signals,
): Promise<CommandEnd> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: 'inherit', env: environment });
  signals.takenBy((signal, byTerminal) => {
    // Twice the same would make the command give up its clean end.
    if (!byTerminal) child.kill(signal);
  });
  return new Promise((resolve) => {
    child.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT') resolve({ exitCode: EXIT_NOT_FOUND, problem: `${file}: command not found` });
      else resolve({ exitCode: EXIT_NOT_EXECUTABLE, problem: `${file}: cannot be run: ${code}` });
    });
    child.once('exit', (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) });
    });
  });
}
