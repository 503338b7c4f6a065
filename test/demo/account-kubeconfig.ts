// The kubeconfig of a ServiceAccount: what a process outside the cluster is that account by.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';

/** Its path, in the cluster's folder: it goes with it. The token holds for an hour. */
export async function kubeconfigOf(
  { kubectl, server, ca, folder }: Cluster,
  namespace: string,
  account: string,
): Promise<string> {
  const token = (await ok(kubectl(['create', 'token', account, '-n', namespace]))).trim();
  const path = join(folder, `${namespace}-${account}.conf`);
  const authority = Buffer.from(ca).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'demo',
    contexts: [{ name: 'demo', context: { cluster: 'demo', user: account, namespace } }],
    clusters: [{ name: 'demo', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: account, user: { token } }],
  };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
