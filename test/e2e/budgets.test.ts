// A budget of three deletes over the pods of one Deployment, whole on the node: injected sidecars, the installed controllers,
// an unmodified kubectl. The API server's audit log says what was deleted.
import { afterAll, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { agentPod, crew } from './pod-fixture.ts';

const cluster = await suiteCluster();
const agents = await crew(cluster, 'budgets');
afterAll(() => agents[Symbol.asyncDispose]());

const here = ['-n', agents.name];
const shop = ['-n', agents.shop];
const rule = {
  namespaces: [agents.shop],
  apiGroups: [''],
  resources: ['configmaps'],
  verbs: ['get', 'list', 'create', 'delete', 'deletecollection'],
};
const patchPolicy = (spec: object) =>
  ok(
    cluster.kubectl([
      'patch',
      'agentpolicy',
      'triage',
      ...here,
      '--type=merge',
      '-p',
      JSON.stringify({ spec }),
    ]),
  );
const budgets = [{ verbs: ['delete', 'deletecollection'], max: 3, per: '10m' }];
await patchPolicy({ standing: { lifetime: '8h', rules: [rule] }, budgets });

const { spec } = agentPod(agents.name, 'crew');
const { containers, serviceAccountName } = spec;
await create(
  cluster,
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'crew', namespace: agents.name },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'crew' } },
      template: {
        metadata: { labels: { app: 'crew' } },
        spec: { containers, serviceAccountName, terminationGracePeriodSeconds: 0 },
      },
    },
  },
  ...['a', 'b', 'c', 'd', 'e'].map((name) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: agents.shop },
  })),
);
const readyPods = async () => {
  await ok(cluster.kubectl(['rollout', 'status', 'deployment/crew', ...here, '--timeout=60s']));
  const names = [
    'get',
    'pods',
    ...here,
    '-l',
    'app=crew',
    '--field-selector=status.phase=Running',
    '-o',
    'name',
  ];
  return (await ok(cluster.kubectl(names)))
    .trim()
    .split('\n')
    .map((name) => name.replace('pod/', ''));
};
const [one = '', other = ''] = await readyPods();

const account = `system:serviceaccount:${agents.name}:${serviceAccountName}`;
const deletes = async () =>
  (await cluster.audit.calls()).filter(
    ({ user, verb }) => user.username === account && verb.startsWith('delete'),
  );
const SPENT = `AgentPolicy ${agents.name}/triage budgets[0] is spent: at most 3 delete or deletecollection in 10m`;

test('kubectl delete --all stops before the fourth delete, and says why and until when', async () => {
  const { code, stdout, stderr } = await agents.kubectl(one, ['delete', 'configmap', '--all', ...shop]);
  expect(code).not.toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(3);
  expect(stderr).toContain(`(Forbidden): chaperone refuses delete configmaps`);
  expect(stderr).toContain(SPENT);
  expect(stderr).toMatch(/Try again in (10m|9m\d+s)/);
  expect((await deletes()).map(({ verb }) => verb)).toEqual(['delete', 'delete', 'delete']);
});

test('another pod of the Deployment has no budget of its own, and neither has the one that follows it', async () => {
  expect((await agents.kubectl(other, ['delete', 'configmap', 'e', ...shop])).stderr).toContain(SPENT);
  await ok(cluster.kubectl(['delete', 'pod', other, ...here]));
  const follower = (await readyPods()).find((pod) => pod !== one && pod !== other) ?? '';
  expect((await agents.kubectl(follower, ['delete', 'configmap', 'e', ...shop])).stderr).toContain(SPENT);
  expect(await deletes()).toHaveLength(3);
});

test('what no budget counts goes on', async () => {
  expect(await agents.kubectl(one, ['create', 'configmap', 'f', ...shop])).toMatchObject({ code: 0 });
});

test('a deletecollection is refused, and says how else', async () => {
  const raw = ['delete', '--raw', `/api/v1/namespaces/${agents.shop}/configmaps`];
  expect((await agents.kubectl(one, raw)).stderr).toContain(
    'delete the objects one by one, each by its name',
  );
  expect(await deletes()).toHaveLength(3);
});

test('the count names its workload, and each call by its Audit-ID', async () => {
  const uid = await ok(
    cluster.kubectl(['get', 'agentpolicy', 'triage', ...here, '-o', 'jsonpath={.metadata.uid}']),
  );
  const list = [
    'get',
    'configmaps',
    '-n',
    'chaperone-system',
    '-l',
    `chaperone.dev/count=${uid}`,
    '-o',
    'json',
  ];
  const { items } = JSON.parse(await ok(cluster.kubectl(list)));
  const named = items.map(({ metadata }: { metadata: { annotations: Record<string, string> } }) =>
    metadata.annotations['chaperone.dev/workload']?.replace(/-\w+$/, ''),
  );
  expect(named.toSorted()).toEqual([`Deployment ${agents.name}/crew`, `ReplicaSet ${agents.name}/crew`]);
  const ids = (await deletes()).map(({ auditID }) => auditID).toSorted();
  for (const { data } of items) expect(Object.keys(data).toSorted()).toEqual(ids);
});

test('under Observe a delete beyond the budget goes through, and its record says what Enforce would have said', async () => {
  await patchPolicy({ mode: 'Observe' });
  await waitFor({
    what: 'Observe to take hold',
    timeoutMs: 10_000,
    probe: async () =>
      (await agents.kubectl(one, ['delete', 'configmap', 'f', ...shop])).code === 0 || undefined,
  });
  const records = await ok(cluster.kubectl(['logs', ...here, one, '-c', 'chaperone']));
  const record = records.split('\n').findLast((line) => line.includes('"verb":"delete"')) ?? '{}';
  expect(JSON.parse(record)).toMatchObject({
    decision: 'permit',
    rule: `AgentPolicy ${agents.name}/triage mode Observe`,
    insteadRefusal: 'BudgetSpent',
    insteadRule: `AgentPolicy ${agents.name}/triage budgets[0]`,
  });
});
