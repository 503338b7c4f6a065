// One command of an unmodified kubectl, run twice at once under one identity: directly, and through chaperone. What it
// prints is compared but for what no two runs share.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Governed, govern } from '../adversarial/governed.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Outcome } from '../cluster/run.ts';

export interface Command {
  /** Its words; `{me}` is a name that each of the two runs has for itself, `{namespace}` the one of both. */
  readonly argv: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it ends with on both ways; 0 unless given. */
  readonly code?: number;
}

export interface Kubectl extends AsyncDisposable {
  readonly governed: Governed;
  readonly namespace: string;
  /** The names that stand for `{me}`. */
  readonly names: readonly string[];
  /** What a command prints on each way, made comparable. */
  both(command: Command): Promise<{ direct: Outcome; through: Outcome }>;
  /** What it prints through chaperone, as it is. */
  through(command: Command, signal?: AbortSignal): Promise<Outcome>;
  direct(command: Command, signal?: AbortSignal): Promise<Outcome>;
}

const NAMES = { direct: 'me-a', through: 'me-b' } as const;

/** What no two runs share: ages, moments, ids, versions, scratch folders, the server's address, how wide a column is. */
const OF_ONE_RUN: readonly (readonly [RegExp, string])[] = [
  [/\bme-[ab]\b/g, '{me}'],
  [/(\{me\}|\bweb)-[a-f0-9]{8,10}(-[a-z0-9]{5})?\b/g, '$1-…'],
  [/\b\d+(?:\.\d+)?[smh](?:\d+s)?\b/g, '…'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| \+0000)/g, '…'],
  [/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, '…'],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '…'],
  [/("?(?:resourceVersion|pod-template-hash)"?[:=] ?)"?\w+"?/g, '$1…'],
  [/\b10(?:\.\d+){3}\b/g, '…'],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1'],
  [/https:\/\/[\d.…]+:\d+/g, 'https://…'],
  [/ {2,}/g, ' '],
  [/ +$/gm, ''],
];

export function comparable(text: string): string {
  return OF_ONE_RUN.reduce((so, [pattern, by]) => so.replace(pattern, by), text);
}

export async function bothKubectls(cluster: Cluster, purpose: string): Promise<Kubectl> {
  const governed = await govern(cluster, purpose);
  const { namespace, realToken } = governed;
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const direct = join(folder, 'direct');
  const server = {
    server: cluster.server,
    'certificate-authority-data': Buffer.from(cluster.ca).toString('base64'),
  };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'direct', cluster: server }],
    users: [{ name: 'agent', user: { token: realToken } }],
    contexts: [{ name: 'direct', context: { cluster: 'direct', user: 'agent', namespace } }],
    'current-context': 'direct',
  };
  await writeFile(direct, JSON.stringify(kubeconfig));
  const kubeconfigs = { direct, through: governed.kubeconfig };
  const run = (way: keyof typeof NAMES, { argv, input = '', env = {} }: Command, signal?: AbortSignal) => {
    const mine = (text: string): string =>
      text.replaceAll('{me}', NAMES[way]).replaceAll('{namespace}', namespace);
    const reveals = way === 'direct' ? ('everything' as const) : [];
    const options = { kubeconfig: kubeconfigs[way], input: mine(input), env, signal, reveals };
    return cluster.kubectl(mine(argv).split(' '), options);
  };
  const told = async (running: Promise<Outcome>): Promise<Outcome> => {
    const { code, stdout, stderr } = await running;
    return { code, stdout: comparable(stdout), stderr: comparable(stderr) };
  };
  return {
    governed,
    namespace,
    names: Object.values(NAMES),
    direct: (command, signal) => run('direct', command, signal),
    through: (command, signal) => run('through', command, signal),
    async both(command) {
      const [one, other] = await Promise.all([told(run('direct', command)), told(run('through', command))]);
      return { direct: one, through: other };
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
      await governed[Symbol.asyncDispose]();
    },
  };
}
