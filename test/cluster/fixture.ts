// What a test file needs of the suite's cluster: its handle, and a namespace of its own.
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { type Cluster, openCluster } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    clusterFolder: string;
  }
}

/** As long as the controllers may take under a full suite. */
const NAMESPACE_SECONDS = 20;

/** The handle of the one cluster of the suite (test/suite-cluster.ts). */
export function suiteCluster(): Promise<Cluster> {
  return openCluster(inject('clusterFolder'));
}

export interface Namespace extends AsyncDisposable {
  readonly name: string;
}

/**
 * A namespace with a name of its own, ready for pods. Disposing asks for its deletion and does not wait:
 * `await using namespace = await freshNamespace(cluster, 'masking')`.
 */
export async function freshNamespace(
  cluster: Cluster,
  purpose: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<Namespace> {
  const name = `${purpose}-${randomBytes(3).toString('hex')}`;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
  const created = await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(namespace) });
  if (created.code !== 0) throw new Error(`cannot create namespace ${name}: ${created.stderr}`);
  const wanted = ['serviceaccount/default', 'configmap/kube-root-ca.crt', `--timeout=${NAMESPACE_SECONDS}s`];
  const ready = await cluster.kubectl(['wait', '--for=create', '-n', name, ...wanted]);
  if (ready.code !== 0) throw new Error(`namespace ${name} does not become ready: ${ready.stderr}`);
  const dispose = async () => {
    await cluster.kubectl(['delete', 'namespace', name, '--wait=false']);
  };
  return { name, [Symbol.asyncDispose]: dispose };
}
