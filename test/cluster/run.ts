// Runs one command to its end and returns what it said: code, stdout, stderr. Only a command that cannot be started
// or outlives its time throws.
import { spawn } from 'node:child_process';

/** Longer than any command here takes on a slow machine: what exceeds it hangs. */
const COMMAND_TIMEOUT_MS = 120_000;

const KILLED = 255;

export interface Outcome {
  /** The exit code; 255 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | readonly Buffer[];
  readonly timeoutMs?: number;
  /** Ends the command by SIGTERM; what it said until then is the outcome. */
  readonly signal?: AbortSignal | undefined;
}

export function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [file = '', ...args] = argv;
  const { env = process.env, input = '', timeoutMs = COMMAND_TIMEOUT_MS, signal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: 'pipe' });
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${argv.join(' ')} took more than ${timeoutMs / 1000} s`));
    }, timeoutMs);
    const end = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', end);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(late);
      signal?.removeEventListener('abort', end);
      resolve({
        code: code ?? KILLED,
        stdout: `${Buffer.concat(stdout)}`,
        stderr: `${Buffer.concat(stderr)}`,
      });
    });
    // A command may end without reading its input: its exit code tells the story, not our broken pipe.
    child.stdin.on('error', () => {});
    for (const piece of typeof input === 'string' ? [input] : input) child.stdin.write(piece);
    child.stdin.end();
  });
}

/** Runs a command that must succeed, and returns its stdout. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${(stderr || stdout).trim()}`);
  return stdout;
}
