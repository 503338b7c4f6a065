// An unmodified kubectl through chaperone, where the policy does not permit: it says what was asked, which rule decided and
// what to do, ends as on any Forbidden, and does not try again. Nothing of it arrives.
import { afterAll, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create } from '../cluster/pods.ts';
import { bothKubectls, type Command } from './kubectl.ts';

const cluster = await suiteCluster();
const kubectl = await bothKubectls(cluster, 'kubectl-refused');
const { namespace, governed } = kubectl;
afterAll(() => kubectl[Symbol.asyncDispose]());

const reading = (apiGroup: string, resources: string[]): Rule => ({
  namespaces: [namespace],
  apiGroups: [apiGroup],
  resources,
  verbs: ['get', 'list'],
});
governed.entitle({ rules: [reading('', ['configmaps', 'pods']), reading('apps', ['deployments'])] });

const of = (apiVersion: string, kind: string, name: string, more: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...more,
});
const configMap = (name: string, a: string) => of('v1', 'ConfigMap', name, { data: { a } });
const podSpec = { containers: [{ name: 'a', image: 'a' }] };
await create(
  cluster,
  configMap('told', 'before'),
  of('v1', 'Pod', 'idle', { spec: { ...podSpec, nodeName: 'nowhere' } }),
  of('apps/v1', 'Deployment', 'web', {
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: podSpec },
    },
  }),
);
const changed = JSON.stringify(configMap('told', 'after'));
const fresh = JSON.stringify(configMap('fresh', 'after'));

/** What is typed, and what the refusal says was asked. */
const REFUSED: readonly (Command & { readonly asked: string })[] = [
  { asked: 'list services in', argv: 'get services' },
  { asked: 'list services in', argv: 'get services -o wide' },
  { asked: 'list services in', argv: 'get services --chunk-size=1' },
  { asked: 'get services "web" in', argv: 'get service web -o yaml' },
  { asked: 'list services in', argv: 'get configmaps,services' },
  { asked: 'list configmaps across the cluster', argv: 'get configmaps -A' },
  { asked: 'watch configmaps in', argv: 'get configmaps --watch' },
  { asked: 'list events in', argv: 'get events' },
  { asked: 'list nodes across the cluster', argv: 'get nodes' },
  { asked: 'get services "web" in', argv: 'describe service web' },
  { asked: 'list services in namespace kube-system', argv: 'cluster-info' },
  { asked: 'get pods/log "idle" in', argv: 'logs idle' },
  { asked: 'create configmaps in', argv: 'create configmap fresh' },
  { asked: 'create configmaps in', argv: 'apply -f -', input: fresh },
  { asked: 'patch configmaps "told" in', argv: 'apply -f -', input: changed },
  { asked: 'patch configmaps "told" in', argv: 'apply --server-side -f -', input: changed },
  // An exit code of 1 would say that there is a difference.
  { asked: 'patch configmaps "told" in', argv: 'diff -f -', input: changed, code: 2 },
  { asked: 'patch configmaps "told" in', argv: 'diff --server-side -f -', input: changed, code: 2 },
  { asked: 'patch configmaps "told" in', argv: 'patch configmap told -p {"data":{"a":"new"}}' },
  { asked: 'patch configmaps "told" in', argv: 'patch configmap told --type=merge -p {"data":{"a":"new"}}' },
  {
    asked: 'patch configmaps "told" in',
    argv: 'patch configmap told --type=json -p [{"op":"add","path":"/data/b","value":"new"}]',
  },
  { asked: 'patch configmaps "told" in', argv: 'label configmap told a=b' },
  { asked: 'patch configmaps "told" in', argv: 'annotate configmap told a=b' },
  {
    asked: 'patch configmaps "told" in',
    argv: 'edit configmap told',
    env: { KUBE_EDITOR: 'sed -i s/before/after/' },
  },
  { asked: 'update configmaps "told" in', argv: 'replace -f -', input: changed },
  { asked: 'delete configmaps "told" in', argv: 'delete configmap told' },
  { asked: 'get services "web" in', argv: 'wait --for=jsonpath={.spec.type}=ClusterIP service/web' },
  { asked: 'patch deployments.apps/scale "web" in', argv: 'scale deployment web --replicas=1' },
  { asked: 'patch deployments.apps "web" in', argv: 'rollout restart deployment/web' },
  { asked: 'list replicasets.apps in', argv: 'rollout history deployment/web' },
  { asked: 'get statefulsets.apps "web" in', argv: 'rollout status statefulset/web' },
];

test.each(REFUSED)('kubectl $argv', async ({ asked, ...command }) => {
  const before = governed.records.length;
  const { code, stderr } = await kubectl.through(command);
  expect(code, stderr).toBe(command.code ?? 1);
  const refusals = stderr.split('\n').filter((line) => line.includes('chaperone refuses '));
  expect(refusals).toEqual([expect.stringContaining(`chaperone refuses ${asked}`)]);
  expect(refusals[0]).toMatch(/: (no rule and no scope of|.* and no rule of) AgentPolicy agents\/triage /);
  expect(refusals[0]).toMatch(/\. Ask the owners of that policy for a rule or a scope that names it/);
  expect(stderr).not.toMatch(/unknown|Unhandled|reflector/);
  const [verb = '', resource = ''] = asked.split(/[ ./]/);
  const refused = governed.records.slice(before).filter(({ decision }) => decision !== 'permit');
  expect(refused.filter((record) => record.verb === verb && record.resource === resource)).toHaveLength(1);
});

test('and nothing of it has arrived', async () => {
  const verbs = new Set((await governed.arrived()).map(({ verb }) => verb));
  expect([...verbs].toSorted()).toEqual(['get', 'list']);
});
