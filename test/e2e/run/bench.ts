// What the tests of `chaperone run` share: a namespace, a person with a credential for it, and chaperone started from its
// sources as a process of its own, with a home and a TMPDIR that nothing else uses.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import { freshNamespace, suiteCluster } from '../../cluster/fixture.ts';
import { waitFor } from '../../cluster/wait.ts';
import { overhear, witness } from '../../search/witness.ts';

const MAIN = join(import.meta.dirname, '../../../cli/main.ts');
/** Far more than a start takes on a loaded machine. */
const SAYS_MS = 20_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when either stream has it; the match. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  /** At the keyboard, where it has a terminal. */
  type(keys: string): void;
  closeStdout(): void;
  readonly ended: Promise<Ended>;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** What the run shows its command on purpose. */
  readonly reveals?: readonly string[];
}

export interface Bench extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly folder: string;
  /** The TMPDIR of every run. */
  readonly temporary: string;
  /** The person's kubeconfig, by token. */
  readonly kubeconfig: string;
  readonly token: string;
  /** Writes a file, objects as JSON (which is YAML), and answers with its path. */
  file(name: string, contents: string | object | readonly object[], mode?: number): Promise<string>;
  /** A kubeconfig of this cluster and namespace with another user in it. */
  kubeconfigFor(name: string, user: object): Promise<string>;
  tokenOf(serviceAccount: string): Promise<string>;
  start(args: readonly string[], options?: RunOptions): Running;
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** With a terminal of its own, by script(1); what it prints, on either stream, is `stdout`. */
  startInTerminal(args: readonly string[]): Running;
}

export async function openBench(purpose: string): Promise<Bench> {
  const cluster = await suiteCluster();
  const fresh = await freshNamespace(cluster, purpose);
  const namespace = fresh.name;
  const folder = await mkdtemp(join(tmpdir(), 'chaperone-e2e-'));
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);

  const must = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await cluster.kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const tokenOf = async (name: string): Promise<string> => {
    await must(['create', 'serviceaccount', name, '-n', namespace]);
    const whom = `--serviceaccount=${namespace}:${name}`;
    await must(['create', 'rolebinding', name, '-n', namespace, '--clusterrole=cluster-admin', whom]);
    return (await must(['create', 'token', name, '-n', namespace])).trim();
  };
  const file: Bench['file'] = async (name, contents, mode = 0o600) => {
    const path = join(folder, name);
    await writeFile(path, textOf(contents));
    await chmod(path, mode);
    return path;
  };
  const kubeconfigFor: Bench['kubeconfigFor'] = (name, user) =>
    file(name, {
      'current-context': 'suite',
      contexts: [{ name: 'suite', context: { cluster: 'suite', user: 'person', namespace } }],
      clusters: [
        {
          name: 'suite',
          cluster: {
            server: cluster.server,
            'certificate-authority-data': Buffer.from(cluster.ca).toString('base64'),
          },
        },
      ],
      users: [{ name: 'person', user }],
    });

  const token = await tokenOf('person');
  const kubeconfig = await kubeconfigFor('person.conf', { token });
  const environment = {
    PATH: [process.execPath, cluster.programs.kubectl, cluster.programs.helm]
      .map((program) => dirname(program))
      .concat(process.env.PATH ?? '')
      .join(':'),
    HOME: folder,
    TMPDIR: temporary,
    XDG_STATE_HOME: join(folder, 'state'),
    KUBECONFIG: kubeconfig,
  };
  const running = new Set<Running>();
  const keep = (one: Running): Running => {
    running.add(one);
    void one.ended.then(() => running.delete(one));
    return one;
  };
  const start: Bench['start'] = (args, { env, input = '', reveals } = {}) =>
    keep(spawned([process.execPath, MAIN, ...args], { ...environment, ...env }, input, reveals));
  return {
    cluster,
    namespace,
    folder,
    temporary,
    kubeconfig,
    token,
    file,
    kubeconfigFor,
    tokenOf,
    start,
    run: (args, options) => start(args, options).ended,
    startInTerminal(args) {
      const words = [process.execPath, MAIN, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
      return keep(spawned(['script', '-qec', `exec ${words.join(' ')}`, '/dev/null'], environment));
    },
    async [Symbol.asyncDispose]() {
      for (const one of running) one.signal('SIGKILL');
      await rm(folder, { recursive: true, force: true });
      await fresh[Symbol.asyncDispose]();
    },
  };
}

function textOf(contents: string | object | readonly object[]): string {
  if (typeof contents === 'string') return contents;
  return (Array.isArray(contents) ? contents : [contents])
    .map((each) => `${JSON.stringify(each)}\n`)
    .join('---\n');
}

/** Without `input` stdin stays open, for what is typed. */
function spawned(
  [file = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  input?: string,
  reveals?: readonly string[],
): Running {
  const child = spawn(file, args, { env, stdio: 'pipe' });
  for (const name of ['stdout', 'stderr'] as const) {
    overhear(child[name], witness(`chaperone ${args.slice(1).join(' ')}, ${name}`, reveals));
  }
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    signal: (signal) => void child.kill(signal),
    type: (keys) => void child.stdin.write(keys),
    closeStdout: () => void child.stdout.destroy(),
    ended,
    says: (pattern) =>
      waitFor({
        what: `chaperone to say ${pattern}`,
        timeoutMs: SAYS_MS,
        probe: () => pattern.exec(stdout) ?? pattern.exec(stderr) ?? undefined,
        evidence: () => `stdout: ${stdout}\nstderr: ${stderr}`,
      }),
  };
}
