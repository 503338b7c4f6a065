// A pod on the suite's node is a pod as anywhere: its ServiceAccount, Services and the way to what tests listen on.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { freshNamespace, suiteCluster } from './fixture.ts';
import { nodeImage } from './images.ts';
import { create, ok, pod, startAgent, untilReady } from './pods.ts';

/** For kube-proxy and the API server to take notice, where the machine is busy. */
const SERVICE_MS = 15_000;

const cluster = await suiteCluster();

test("an agent's unmodified kubectl lists pods by its ServiceAccount once RBAC lets it", async () => {
  await using namespace = await freshNamespace(cluster, 'raw-pod');
  const here = ['-n', namespace.name];
  await startAgent(cluster, namespace.name);
  const list = () =>
    cluster.kubectl(['exec', ...here, 'agent', '--', 'kubectl', 'get', 'pods', '-o', 'name']);

  const before = await list();
  expect(before.stderr).toContain('pods is forbidden');

  const account = `${namespace.name}:default`;
  const binding = ['create', 'rolebinding', 'view', '--clusterrole=view', `--serviceaccount=${account}`];
  await ok(cluster.kubectl([...binding, ...here]));
  expect(await ok(list())).toBe('pod/agent\n');

  const calls = await cluster.audit.calls();
  const lists = calls.filter(
    ({ verb, user }) => verb === 'list' && user.username === `system:serviceaccount:${account}`,
  );
  expect(lists.map((call) => call.responseStatus?.code)).toEqual([403, 200]);
});

test('a pod reaches a test that listens on the machine, with an address of its own, and nothing beyond', async () => {
  const server = createServer((request, response) => response.end(`${request.socket.remoteAddress}`));
  server.listen(0, cluster.hostAddress);
  await once(server, 'listening');
  await using namespace = await freshNamespace(cluster, 'host');
  await startAgent(cluster, namespace.name);
  const exec = ['exec', '-n', namespace.name, 'agent', '--'];
  const address = (await ok(cluster.kubectl([...exec, 'hostname', '-i']))).trim();

  const { port } = server.address() as AddressInfo;
  const get = ['kubectl', '--kubeconfig=/dev/null', `--server=http://${cluster.hostAddress}:${port}`, 'get'];
  expect(await ok(cluster.kubectl([...exec, ...get, '--raw', '/']))).toBe(address);
  server.close();

  const beyond = await cluster.kubectl([...exec, 'ping', '-c', '1', '-W', '1', '192.0.2.1']);
  expect(beyond.stdout + beyond.stderr).toMatch(/unreachable|100% packet loss|permission denied/i);
});

test('a Service leads to the pod behind it, for another pod and for the API server that calls a webhook', async () => {
  await using namespace = await freshNamespace(cluster, 'service');
  const program = "require('node:http').createServer((_, response) => response.end('hello')).listen(8080)";
  const image = 'localhost/plain-http:test';
  const files = { '/app/main.cjs': Buffer.from(program) };
  await cluster.loadImages([
    await nodeImage({ name: image, files, args: ['/app/main.cjs'], user: '65532:65532' }),
  ]);
  const where = { name: 'hook', namespace: namespace.name };
  await create(
    cluster,
    pod(namespace.name, 'hook', { image, readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: where,
      spec: { selector: { app: 'hook' }, ports: [{ port: 443, targetPort: 8080 }] },
    },
  );
  await Promise.all([untilReady(cluster, namespace.name, 'hook'), startAgent(cluster, namespace.name)]);

  const address = ['get', 'service', 'hook', '-n', namespace.name, '-o', 'jsonpath={.spec.clusterIP}'];
  const server = `http://${await ok(cluster.kubectl(address))}:443`;
  const get = [
    'exec',
    '-n',
    namespace.name,
    'agent',
    '--',
    'kubectl',
    '--kubeconfig=/dev/null',
    'get',
    '--raw',
    '/',
  ];
  const said = async () => (await cluster.kubectl([...get, '--server', server])).stdout;
  await expect.poll(said, { timeout: SERVICE_MS }).toBe('hello');

  await create(cluster, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace.name },
    webhooks: [
      {
        name: 'hook.chaperone.test',
        clientConfig: { service: where },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace.name } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE'] }],
      },
    ],
  });
  // A pod that speaks plain HTTP gives this answer to a webhook's call, and nothing but the pod does.
  const refused = async () =>
    (await cluster.kubectl(['create', 'configmap', 'any', '-n', namespace.name])).stderr;
  await expect.poll(refused, { timeout: SERVICE_MS }).toContain('server gave HTTP response to HTTPS client');
  await ok(cluster.kubectl(['delete', 'validatingwebhookconfiguration', namespace.name]));
});
