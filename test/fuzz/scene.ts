// Where a run takes place: a namespace of its own, a ServiceAccount to which RBAC forbids nothing, so that whatever gets
// through shows, and what the API server's audit log then says of it.
import { randomBytes } from 'node:crypto';
import type { AuditEvent } from '../cluster/audit.ts';
import type { Cluster } from '../cluster/cluster.ts';

export interface Scene extends AsyncDisposable {
  readonly namespace: string;
  /** Of that ServiceAccount. */
  readonly token: string;
  /** The calls that arrived with that token, once all that were made have been logged. */
  arrived(): Promise<readonly AuditEvent[]>;
}

export async function openScene(cluster: Cluster): Promise<Scene> {
  const namespace = `bytes-${randomBytes(3).toString('hex')}`;
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await cluster.kubectl(args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  await kubectl('create', 'namespace', namespace);
  await kubectl('create', 'serviceaccount', 'mighty', '-n', namespace);
  await kubectl(
    'create',
    'clusterrolebinding',
    namespace,
    '--clusterrole=cluster-admin',
    `--serviceaccount=${namespace}:mighty`,
  );
  return {
    namespace,
    token: await kubectl('create', 'token', 'mighty', '-n', namespace, '--duration=24h'),
    async arrived() {
      // What came before this call of the super-admin has been logged when the call has been.
      const mark = `/api/v1/namespaces/${namespace}/configmaps?mark=${randomBytes(6).toString('hex')}`;
      await kubectl('get', '--raw', mark);
      await cluster.audit.until(({ requestURI }) => requestURI === mark, 'the mark');
      const calls = await cluster.audit.calls();
      return calls.filter(({ user }) => user.username === `system:serviceaccount:${namespace}:mighty`);
    },
    async [Symbol.asyncDispose]() {
      await kubectl('delete', 'clusterrolebinding', namespace, '--wait=false');
      await kubectl('delete', 'namespace', namespace, '--wait=false');
    },
  };
}
