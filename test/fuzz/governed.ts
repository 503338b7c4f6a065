// The process under attack: the bundle of `chaperone run`, in as much memory as the chart gives a sidecar.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait.ts';

const CLI = join(import.meta.dirname, '../../dist/cli.mjs');
const UP_MS = 20_000;
const LOOK_EVERY_MS = 500;
/** charts/chaperone: how the sidecar is started. */
const HEAP = ['--max-semi-space-size=1', '--max-old-space-size=96'];
/** charts/chaperone/values.yaml: the memory limit of a sidecar. */
export const MAX_RSS_MIB = 256;

export interface GovernedProcess extends AsyncDisposable {
  readonly port: number;
  readonly ca: string;
  readonly token: string;
  /** Undefined while it runs; else how it ended, with what it said last. */
  ended(): string | undefined;
  /** The highest that its RSS has been, or was when it was last looked at while it ran. */
  peakRssMiB(): number;
}

/** `token` is the real credential; `policy`: an AgentPolicy, of which no more is given. */
export async function startGoverned(
  cluster: Cluster,
  namespace: string,
  token: string,
  policyObject: object = policyFor(namespace),
): Promise<GovernedProcess> {
  // The cluster's folder goes away however we end.
  const folder = await mkdtemp(join(cluster.folder, 'fuzz-'));
  const [policy, kubeconfig, out] = ['policy.json', 'kubeconfig', 'agent.conf'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await writeFile(policy, JSON.stringify(policyObject));
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf(cluster, namespace, token)), { mode: 0o600 });
  const argv = ['run', '--policy', policy, '--kubeconfig', kubeconfig, '--kubeconfig-out', out];
  // It must not outlive us, however we end.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...HEAP, CLI, ...argv], {
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000);
  });
  const over = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ended = (): string | undefined =>
    child.exitCode === null && child.signalCode === null
      ? undefined
      : `${child.signalCode ?? child.exitCode}: ${said}`;
  await waitFor({
    what: 'chaperone run to be up',
    timeoutMs: UP_MS,
    probe() {
      if (ended() !== undefined) throw new Error(`chaperone run ended: ${ended()}`);
      return (existsSync(out) && said.includes('KUBECONFIG=')) || undefined;
    },
    evidence: () => said,
  });
  const [ca, callerToken, config] = (await Promise.all(
    [`${out}.ca.crt`, `${out}.token`, out].map((path) => readFile(path, 'utf8')),
  )) as [string, string, string];
  let peak = 0;
  const look = (): void => {
    // Of one that has ended Linux tells nothing any more.
    if (ended() !== undefined) return;
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    peak = Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 1024 * peak) / 1024);
  };
  const looking = setInterval(look, LOOK_EVERY_MS);
  return {
    port: Number(/127\.0\.0\.1:(\d+)/.exec(config)?.[1]),
    ca,
    token: callerToken,
    ended,
    peakRssMiB() {
      look();
      return peak;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      child.kill('SIGKILL');
      await over;
      await rm(folder, { recursive: true });
    },
  };
}

/** Nearly nothing but the ConfigMaps of one namespace. */
function policyFor(namespace: string): object {
  const rule = {
    namespaces: [namespace],
    apiGroups: [''],
    resources: ['configmaps'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
  };
  return {
    apiVersion: 'chaperone.dev/v1alpha1',
    kind: 'AgentPolicy',
    metadata: { name: 'fuzz' },
    spec: { standing: { lifetime: '168h', rules: [rule] } },
  };
}

function kubeconfigOf({ server, ca }: Cluster, namespace: string, token: string): object {
  const authority = Buffer.from(ca).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fuzz', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'fuzz', user: { token } }],
    contexts: [{ name: 'fuzz', context: { cluster: 'fuzz', user: 'fuzz', namespace } }],
    'current-context': 'fuzz',
  };
}
