// The person's own kubectl and Helm, at the cluster of one context. Ctrl-C ends what they are doing; what takes things away
// again is not ended by it.
import { provideBinaries } from '../cluster/binaries.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { findAll } from '../cluster/executable.ts';
import { Obstacle } from '../cluster/obstacle.ts';
import { type RunOptions, run } from '../cluster/run.ts';
import { type Given, UsageError } from './options.ts';

type Client = Cluster['kubectl'];

export interface GivenClients {
  readonly kubectl: Client;
  /** Resolves with Helm, built first where the machine has none. */
  readonly helm: () => Promise<Client>;
  /** The same, and deaf to Ctrl-C. */
  readonly steady: Omit<GivenClients, 'steady'>;
}

/** Longer than a pull of an image. */
const CALL_TIMEOUT_MS = 240_000;

/** Throws where the context is not there, or its cluster does not answer. */
export async function connectGiven(
  { context, kubeconfig }: Given,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<GivenClients> {
  const file = kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig];
  const program = async (name: 'kubectl' | 'helm') =>
    (await findAll(name))[0] ?? (await provideBinaries([name], say))[name];
  const path = await program('kubectl');
  const client =
    (argv: readonly string[], ended?: AbortSignal): Client =>
    async (args: readonly string[], options: RunOptions = {}) => {
      ended?.throwIfAborted();
      const outcome = await run([...argv, ...args], {
        timeoutMs: CALL_TIMEOUT_MS,
        ...options,
        signal: ended,
      });
      ended?.throwIfAborted();
      return outcome;
    };
  const clients = (ended?: AbortSignal) => ({
    kubectl: client([path, ...file, '--context', context], ended),
    helm: async () => client([await program('helm'), ...file, '--kube-context', context], ended),
  });
  const contexts = await client([path, ...file], signal)(['config', 'get-contexts', '-o', 'name']);
  const known = contexts.stdout.split('\n').filter((line) => line !== '');
  if (!known.includes(context))
    throw new UsageError(
      `--context: there is no ${context}${known.length > 0 ? `; there are ${known.join(', ')}` : ''}`,
    );
  const all = { ...clients(signal), steady: clients() };
  const answer = await all.kubectl(['get', '--raw', '/readyz', '--request-timeout=10s']);
  if (answer.code !== 0)
    throw new Obstacle(
      `The cluster of context ${context} does not answer: ${answer.stderr.trim()}`,
      `look at kubectl --context ${context} version`,
    );
  return all;
}
