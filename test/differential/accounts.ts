// Who asks: an account that may do nothing but impersonate someone who may do nothing, and one to be mistaken for.
import { randomBytes } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.ts';
import { create, ok } from '../cluster/pods.ts';

export interface Accounts extends AsyncDisposable {
  readonly username: string;
  readonly token: string;
  readonly otherToken: string;
}

const GROUP = 'rbac.authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';
/** The largest of runs ends sooner. */
const TOKEN_LIFE = '--duration=24h';

export async function makeAccounts(cluster: Cluster): Promise<Accounts> {
  const name = `differential-${randomBytes(3).toString('hex')}`;
  const metadata = { name };
  const account = (of: string) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: of, namespace: name },
  });
  const may = (apiGroup: string, resource: string, value: string) => ({
    apiGroups: [apiGroup],
    resources: [resource],
    resourceNames: [value],
    verbs: ['impersonate'],
  });
  const rules = [
    may('', 'users', 'jane'),
    may('', 'groups', 'developers'),
    may(AUTHENTICATION, 'uids', '1'),
    may(AUTHENTICATION, 'userextras/scopes', 'all'),
  ];
  const roleRef = { apiGroup: GROUP, kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', name: 'asker', namespace: name }];
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'Namespace', metadata },
    account('asker'),
    account('other'),
    { apiVersion: `${GROUP}/v1`, kind: 'ClusterRole', metadata, rules },
    { apiVersion: `${GROUP}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef, subjects },
  );
  const tokenOf = (of: string) => ok(cluster.kubectl(['create', 'token', of, TOKEN_LIFE, '-n', name]));
  return {
    username: `system:serviceaccount:${name}:asker`,
    token: (await tokenOf('asker')).trim(),
    otherToken: (await tokenOf('other')).trim(),
    async [Symbol.asyncDispose]() {
      await cluster.kubectl(['delete', 'clusterrole,clusterrolebinding', name, '--wait=false']);
      await cluster.kubectl(['delete', 'namespace', name, '--wait=false']);
    },
  };
}
