// The demo as a person starts it: a process of its own, and what it said.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { waitFor } from '../cluster/wait.ts';

const MAIN = join(import.meta.dirname, '../demo/main.ts');
/** Several times what a demo takes on a machine with nothing else to do. */
const SAYS_MS = 150_000;

export interface DemoStep {
  readonly step: string;
  readonly ok?: boolean;
  readonly left_out?: string;
}

export interface Demo {
  /** Resolves when stderr has it; the match. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  interrupt(): void;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly stderr: string;
    readonly stdout: string;
    readonly steps: readonly DemoStep[];
  }>;
}

/** With `--json`. */
export function startDemo(args: readonly string[], env: NodeJS.ProcessEnv = {}): Demo {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  const child = spawn(process.execPath, [MAIN, '--json', ...args], {
    env: { ...process.env, PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that gives up leaves no demo behind.
  process.once('exit', () => child.kill('SIGINT'));
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended: Demo['ended'] = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
      resolve({ code, stdout, stderr, steps: lines.map((line) => JSON.parse(line) as DemoStep) });
    });
  });
  return {
    ended,
    interrupt: () => void child.kill('SIGINT'),
    says: (pattern) =>
      waitFor({
        what: `the demo to say ${pattern}`,
        timeoutMs: SAYS_MS,
        probe() {
          if (child.exitCode !== null && !pattern.test(stderr)) throw new Error(`it ended: ${stderr}`);
          return pattern.exec(stderr) ?? undefined;
        },
        evidence: () => stderr,
      }),
  };
}
