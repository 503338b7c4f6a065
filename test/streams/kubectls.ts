// The kubectls whose streams are proved: of Kubernetes 1.29, which speaks SPDY, and of the cluster's version, by WebSocket and by
// SPDY; each run to its end, or for as long as a test wants it, also at a terminal.
import { spawn } from 'node:child_process';
import { provideBinaries } from '../cluster/binaries.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Outcome, run } from '../cluster/run.ts';
import { waitFor } from '../cluster/wait.ts';
import { overhear, witness } from '../search/witness.ts';

export interface Kubectl {
  readonly name: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function kubectls(cluster: Cluster): Promise<readonly Kubectl[]> {
  const { 'kubectl-1.29': old } = await provideBinaries(['kubectl-1.29'], console.error);
  const program = cluster.programs.kubectl;
  const bySpdy = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };
  return [
    { name: '1.29', program: old, env: {} },
    { name: '1.36', program, env: {} },
    { name: '1.36 by SPDY', program, env: bySpdy },
  ];
}

export interface Call {
  readonly args: readonly string[];
  readonly kubeconfig: string;
  readonly input?: string | readonly Buffer[];
}

const environment = ({ env }: Kubectl, kubeconfig: string) => {
  const { PATH } = process.env;
  return {
    PATH,
    HOME: '/nonexistent',
    KUBECACHEDIR: '/dev/null/none',
    KUBECONFIG: kubeconfig,
    TERM: 'xterm',
    ...env,
  };
};

/** To its end. */
export async function kubectl(by: Kubectl, { args, kubeconfig, input = '' }: Call): Promise<Outcome> {
  const outcome = await run([by.program, ...args], { env: environment(by, kubeconfig), input });
  witness(`kubectl ${by.name} ${args.join(' ')}`)(`${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

export interface Running extends Disposable {
  stdout(): string;
  stderr(): string;
  /** Resolves when either stream has it, with when it had. */
  says(pattern: RegExp): Promise<{ readonly text: string; readonly atMs: number }>;
  write(text: string): void;
  closeStdin(): void;
  /** Of the terminal's window. */
  resize(rows: number, columns: number): Promise<void>;
  readonly ended: Promise<Outcome & { readonly atMs: number }>;
}

const SAYS_WITHIN_MS = 20_000;

/** `window`: at a terminal of this size, where stderr is stdout. */
export function startKubectl(
  by: Kubectl,
  { args, kubeconfig }: Call,
  window?: { readonly rows: number; readonly columns: number },
): Running {
  const quoted = [by.program, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const [file, argv] =
    window === undefined
      ? [by.program, args]
      : [
          'script',
          ['-qec', `tty; stty rows ${window.rows} cols ${window.columns}; exec ${quoted}`, '/dev/null'],
        ];
  const child = spawn(file, [...argv], { env: environment(by, kubeconfig), stdio: 'pipe' });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    overhear(child[stream], witness(`kubectl ${by.name} ${args.join(' ')}, ${stream}`));
    child[stream].on('data', (chunk: Buffer) => {
      said[stream] += chunk;
    });
  }
  child.stdin.on('error', () => {});
  const ended = new Promise<Outcome & { atMs: number }>((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 255, ...said, atMs: performance.now() }));
  });
  const says: Running['says'] = (pattern) =>
    waitFor({
      what: `kubectl ${args[0]} to say ${pattern}`,
      timeoutMs: SAYS_WITHIN_MS,
      probe: () => {
        const text = [said.stdout, said.stderr].find((each) => pattern.test(each));
        return text === undefined ? undefined : { text, atMs: performance.now() };
      },
      evidence: () => `${said.stdout}\n${said.stderr}`,
    });
  return {
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    says,
    write: (text) => void child.stdin.write(text),
    closeStdin: () => void child.stdin.end(),
    async resize(rows, columns) {
      const { text } = await says(/\/dev\/pts\/\d+/);
      const [tty = ''] = /\/dev\/pts\/\d+/.exec(text) ?? [];
      await run(['stty', '-F', tty, 'rows', `${rows}`, 'cols', `${columns}`]);
    },
    ended,
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}
