// An unmodified kubectl through chaperone does, prints and ends as it does directly, wherever the policy permits.
import { afterAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { bothKubectls, type Command, comparable } from './kubectl.ts';
import { defineWidgets } from './kubectl-widgets.ts';

const cluster = await suiteCluster();
const kubectl = await bothKubectls(cluster, 'kubectl');
const { namespace, governed } = kubectl;
const widgets = await defineWidgets(cluster, namespace);
afterAll(async () => {
  await widgets[Symbol.asyncDispose]();
  await kubectl[Symbol.asyncDispose]();
});

const verbs: Rule['verbs'] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const rule = (apiGroup: string, resources: string[], more: object = {}): Rule => ({
  namespaces: [namespace],
  apiGroups: [apiGroup],
  resources,
  verbs,
  ...more,
});
governed.entitle({
  rules: [
    rule('', ['configmaps', 'services', 'pods', 'endpoints']),
    rule('', ['pods/log', 'events']),
    rule('apps', ['deployments', 'deployments/scale']),
    rule('apps', ['replicasets'], { verbs: ['get', 'list', 'watch'] }),
    rule('discovery.k8s.io', ['endpointslices']),
    rule(widgets.group, ['widgets', 'widgets/scale']),
    rule('', ['services'], { namespaces: ['kube-system'], verbs: ['list'] }),
  ],
});

const of = (apiVersion: string, kind: string, name: string, more: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace, labels: { of: 'kubectl' } },
  ...more,
});
const deployment = (name: string) =>
  of('apps/v1', 'Deployment', name, {
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'web',
              image: AGENT_IMAGE,
              imagePullPolicy: 'Never',
              args: ['-c', 'echo one; echo two; exec sleep infinity'],
            },
          ],
        },
      },
    },
  });
const configMap = (name: string, data: object) => of('v1', 'ConfigMap', name, { data });
const widget = (name: string, size: number) => of(`${widgets.group}/v1`, 'Widget', name, { spec: { size } });
await create(
  cluster,
  ...['web', ...kubectl.names].map(deployment),
  configMap('first', { a: '1' }),
  configMap('second', { b: '2' }),
  widget('small', 1),
  of('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
);
const settled = ['wait', '--for=condition=Available', '-n', namespace, '--timeout=40s', 'deployment'];
await ok(cluster.kubectl([...settled, '-l', 'of=kubectl']));
const manifest = (object: object): string => JSON.stringify(object);

const READS: readonly Command[] = [
  { argv: 'version' },
  { argv: 'cluster-info' },
  { argv: 'api-versions' },
  { argv: 'api-resources' },
  { argv: 'api-resources --api-group={namespace}.chaperone.test -o wide' },
  { argv: 'explain deployments.spec.strategy' },
  { argv: 'explain pods.spec.tolerations --recursive' },
  { argv: 'explain widgets.{namespace}.chaperone.test --recursive' },
  { argv: 'explain widgets.spec.size' },
  { argv: 'explain widgets.spec.weight', code: 1 },
  { argv: 'auth whoami' },
  { argv: 'get configmaps' },
  { argv: 'get configmaps --chunk-size=1' },
  { argv: 'get configmaps -l of=kubectl --show-labels' },
  { argv: 'get configmap/first configmap/not-there', code: 1 },
  { argv: 'get configmap first -o yaml --show-managed-fields' },
  { argv: 'get configmaps -o json' },
  { argv: 'get configmap first -o jsonpath={.data.a}' },
  { argv: 'get configmaps -o name' },
  { argv: 'get configmaps -o custom-columns=NAME:.metadata.name --sort-by=.metadata.name' },
  { argv: 'get pods,services,deployments -o wide -l of=kubectl' },
  { argv: 'get replicasets' },
  { argv: 'get widgets' },
  { argv: 'get widgets.v1.{namespace}.chaperone.test small -o yaml' },
  { argv: 'get gadgets', code: 1 },
  { argv: 'get events --field-selector=reason=ScalingReplicaSet,involvedObject.name=web' },
  { argv: 'get --raw /version' },
  { argv: 'describe configmap first' },
  { argv: 'describe service web' },
  { argv: 'describe deployment web' },
  { argv: 'describe widget small' },
  { argv: 'describe pods -l app=web' },
  { argv: 'logs deployment/web' },
  { argv: 'logs -l app=web --tail=1 --prefix' },
  { argv: 'top pods', code: 1 },
  { argv: 'wait --for=condition=Available deployment/web' },
  { argv: 'wait --for=jsonpath={.data.a}=1 configmap/first' },
  { argv: 'wait --for=create configmap/first' },
  { argv: 'wait --for=condition=Never deployment/web --timeout=1s', code: 1 },
  { argv: 'rollout status deployment/web' },
  { argv: 'rollout history deployment/web --revision=1' },
  { argv: 'diff -f -', input: manifest(configMap('first', { a: '1' })) },
  { argv: 'diff -f -', input: manifest(configMap('first', { a: '2' })), code: 1 },
  { argv: 'diff --server-side -f -', input: manifest(configMap('new', { a: '2' })), code: 1 },
];

/** One after the other, each on what the former left. */
const WRITES: readonly Command[] = [
  { argv: 'create configmap {me} --from-literal=a=1' },
  { argv: 'create configmap {me} --from-literal=a=1', code: 1 },
  { argv: 'apply -f -', input: manifest(configMap('{me}', { a: '2' })) },
  { argv: 'apply -f -', input: manifest(configMap('{me}', { a: '2' })) },
  { argv: 'diff -f -', input: manifest(configMap('{me}', { a: '3' })), code: 1 },
  { argv: 'apply --server-side -f -', input: manifest(configMap('{me}', { b: '3' })) },
  {
    argv: 'apply --server-side --field-manager=other -f -',
    input: manifest(configMap('{me}', { b: '4' })),
    code: 1,
  },
  {
    argv: 'apply --server-side --field-manager=other --force-conflicts -f -',
    input: manifest(configMap('{me}', { b: '4' })),
  },
  { argv: 'label configmap {me} seen=yes' },
  { argv: 'label configmap {me} seen=no', code: 1 },
  { argv: 'annotate configmap {me} seen=yes --overwrite' },
  { argv: 'patch configmap {me} --type=merge -p {"data":{"c":"5"}}' },
  { argv: 'patch configmap {me} --type=strategic -p {"data":{"c":null}}' },
  { argv: 'patch configmap {me} --type=json -p [{"op":"add","path":"/data/d","value":"six"}]' },
  { argv: 'patch configmap {me} --type=json -p [{"op":"remove","path":"/data/z"}]', code: 1 },
  { argv: 'edit configmap {me}', env: { KUBE_EDITOR: 'sed -i s/six/seven/' } },
  { argv: 'edit configmap {me}', env: { KUBE_EDITOR: 'true' } },
  { argv: 'replace -f -', input: manifest(configMap('{me}', { a: '7' })) },
  { argv: 'replace --force -f -', input: manifest(configMap('{me}', { a: '8' })) },
  { argv: 'get configmap {me} -o yaml' },
  { argv: 'create -f - --validate=strict', input: manifest({ ...configMap('x', {}), daat: {} }), code: 1 },
  { argv: 'create service clusterip {me} --tcp=80' },
  { argv: 'apply -f -', input: manifest(widget('{me}', 1)) },
  { argv: 'patch widget {me} --type=merge -p {"spec":{"size":"large"}}', code: 1 },
  { argv: 'scale widget {me} --replicas=2' },
  { argv: 'delete widget {me}' },
  { argv: 'scale deployment {me} --replicas=2' },
  { argv: 'rollout status deployment/{me}' },
  { argv: 'set env deployment/{me} A=b' },
  { argv: 'rollout restart deployment/{me}' },
  { argv: 'patch deployment {me} -p {"spec":{"template":{"metadata":{"labels":{"a":"b"}}}}}' },
  { argv: 'scale deployment {me} --replicas=0' },
  { argv: 'rollout undo deployment/{me} --to-revision=1' },
  { argv: 'delete deployment {me} --cascade=foreground' },
  { argv: 'wait --for=delete deployment/{me}' },
  { argv: 'delete service/{me} configmap/{me}' },
  { argv: 'delete configmap {me}', code: 1 },
  { argv: 'delete configmap {me} --ignore-not-found' },
];

describe.each([
  ['reading', READS],
  ['writing', WRITES],
] as const)('%s', (_, commands) => {
  test.each(commands)('kubectl $argv', async (command) => {
    const { direct, through } = await kubectl.both(command);
    expect(direct.code, direct.stderr).toBe(command.code ?? 0);
    expect(through).toEqual(direct);
  });
});

test('kubectl get --watch shows each change as it happens, the same on both ways', async () => {
  const ending = new AbortController();
  const command = { argv: 'get configmap watched --watch --output-watch-events -o name' };
  await create(cluster, configMap('watched', {}));
  const watches = [kubectl.direct(command, ending.signal), kubectl.through(command, ending.signal)];
  const mark = `/api/v1/namespaces/${namespace}/configmaps?`;
  const isOpen = async () =>
    (await cluster.audit.events()).filter(
      ({ stage, requestURI, verb }) =>
        stage === 'ResponseStarted' &&
        verb === 'watch' &&
        requestURI.startsWith(mark) &&
        /watched/.test(requestURI),
    ).length === 2 || undefined;
  await waitFor({ what: 'both watches to be open', timeoutMs: 20_000, probe: isOpen });
  await ok(cluster.kubectl(['label', 'configmap', 'watched', 'a=b', '-n', namespace]));
  await ok(cluster.kubectl(['delete', 'configmap', 'watched', '-n', namespace]));
  // Each has the end of what is to come once it has the delete; neither ends by itself.
  const others = ['wait', '--for=delete', 'configmap/watched', '-n', namespace];
  await ok(cluster.kubectl(others));
  ending.abort();
  const [direct, through] = await Promise.all(watches);
  expect(comparable(through?.stdout ?? '')).toBe(comparable(direct?.stdout ?? ''));
});
