// Whole pods on the node: injected, attested and governed, by an unmodified kubectl in their containers. The API server's
// audit log says what really arrived.
import { afterAll, expect, test } from 'vitest';
import { collectorOf } from '../cluster/collector.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { grant, policy } from './controller-fixture.ts';
import { agentPod, crew, VALUE } from './pod-fixture.ts';

const cluster = await suiteCluster();
const agents = await crew(cluster, 'pod');
afterAll(() => agents[Symbol.asyncDispose]());
const uid = await agents.start('agent', ['agent', 'helper']);

const readTls = [
  'get',
  'secret',
  'web-tls',
  '-n',
  agents.shop,
  '-o',
  'go-template={{.data.key | base64decode}}',
];
/** Whether a Grant shows the value by now. */
const isRevealed = async () =>
  (await agents.kubectl('agent', readTls, 'agent', [VALUE])).stdout === VALUE || undefined;
const account = `system:serviceaccount:${agents.name}:triage-bot`;
const arrived = async (match: (uri: string) => boolean) =>
  (await cluster.audit.calls()).filter(
    ({ user, requestURI }) => user.username === account && match(requestURI),
  );
const records = () => ok(cluster.kubectl(['logs', '-n', agents.name, 'agent', '-c', 'chaperone']));

/** Far above the second that a revocation is promised within, and far below the lease. */
const PATIENCE_MS = 10_000;

test('an injected pod starts, is who it was, and does what its standing rule says', async () => {
  expect(
    (await agents.kubectl('agent', ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'])).stdout,
  ).toBe(account);
  expect(await agents.kubectl('agent', ['get', 'pods', '-n', agents.shop])).toMatchObject({ code: 0 });
  expect((await agents.kubectl('agent', ['get', 'nodes'])).stderr).toContain('chaperone refuses list nodes');
});

test('each container has a token of its own, and the records name the container', async () => {
  for (const container of ['agent', 'helper']) {
    await agents.kubectl('agent', ['get', 'pods', '-n', agents.shop, `by-${container}`], container);
  }
  const lines = (await records()).split('\n').filter((line) => line.startsWith('{'));
  const callerOf = (name: string) =>
    JSON.parse(lines.find((line) => line.includes(`"name":"${name}"`)) ?? '{}').caller;
  expect([callerOf('by-agent'), callerOf('by-helper')]).toEqual(['agent', 'helper']);
});

test('kubectl --as drops its in-cluster configuration, as anywhere; given it anew, it is told why not', async () => {
  const dropped = await agents.kubectl('agent', ['get', 'pods', '-n', agents.shop, '--as=jane']);
  expect(dropped).toMatchObject({ code: 1, stderr: expect.stringContaining('localhost:8080') });
  const mount = '/var/run/secrets/kubernetes.io/serviceaccount';
  const anew = `kubectl get pods -n ${agents.shop} --as=jane --server=https://127.0.0.1:15443 \
    --certificate-authority=${mount}/ca.crt --token=$(cat ${mount}/token)`;
  const argv = ['exec', '-n', agents.name, 'agent', '-c', 'agent', '--', 'sh', '-c', anew];
  const { code, stderr } = await cluster.kubectl(argv);
  expect(code).not.toBe(0);
  expect(stderr).toContain('its header impersonate-user speaks for another identity. Change it');
});

test('a caller without the token, or with a wrong one, is told so', async () => {
  const server = [
    '--server=https://127.0.0.1:15443',
    '--certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
  ];
  const wrong = await agents.kubectl('agent', ['get', 'pods', ...server, '--token=wrong']);
  expect(wrong.stderr).toContain('its bearer token is missing or is not the one that this caller was given');
  const none = await agents.kubectl('agent', [
    'get',
    '--raw',
    '/version',
    ...server,
    '--username=',
    '--kubeconfig=/dev/null',
  ]);
  expect(none.code).not.toBe(0);
});

test('a Grant reveals, and its deletion ends an open watch within a second', async () => {
  expect((await agents.kubectl('agent', readTls)).stderr).toContain('scope read-web-tls');
  await create(cluster, grant(agents.name, { name: 'agent', uid }, {}, 'revoked'));
  await waitFor({
    what: 'the Grant to take hold',
    timeoutMs: PATIENCE_MS,
    probe: isRevealed,
  });
  const path = `/api/v1/namespaces/${agents.shop}/configmaps?watch=true`;
  const watch = agents.kubectl('agent', ['get', '--raw', path]);
  let endedMs = Number.POSITIVE_INFINITY;
  const ended = watch.finally(() => {
    endedMs = performance.now();
  });
  const isOpen = ({ stage, requestURI }: { stage: string; requestURI: string }) =>
    stage === 'ResponseStarted' && requestURI.startsWith(path);
  await cluster.audit.until(isOpen, 'the watch to be open');
  await ok(cluster.kubectl(['delete', 'grant', 'revoked', '-n', agents.name]));
  const deletedMs = performance.now();
  const { stdout } = await ended;
  expect(stdout).toMatch(/"type":"ERROR".*"code":403/);
  // kubectl and the exec around it end a moment after the stream does.
  expect(endedMs - deletedMs).toBeLessThan(1000);
  expect((await agents.kubectl('agent', readTls)).stderr).toContain('(Forbidden)');
});

test('a Grant ends by itself: the watch under it ends, and not before', async () => {
  const createdMs = performance.now();
  await create(cluster, grant(agents.name, { name: 'agent', uid }, { duration: '3s' }, 'short'));
  await waitFor({
    what: 'the Grant to take hold',
    timeoutMs: PATIENCE_MS,
    probe: isRevealed,
  });
  const { stdout } = await agents.kubectl('agent', [
    'get',
    '--raw',
    `/api/v1/namespaces/${agents.shop}/configmaps?watch=true`,
  ]);
  const endedMs = performance.now();
  expect(stdout).toMatch(/"type":"ERROR".*"code":403/);
  // Kubernetes counts whole seconds: a Grant may have been created up to one before its creationTimestamp says.
  expect(endedMs - createdMs).toBeGreaterThan(2000);
  const { stderr } = await agents.kubectl('agent', readTls);
  expect(stderr).toContain('has ended');
});

test.each([
  ['a pod', (secret: object) => agentPod(agents.shop, 'thief', { serviceAccountName: 'default', ...secret })],
  [
    'a Job',
    (secret: object) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'thief', namespace: agents.shop },
      spec: { template: { spec: { restartPolicy: 'Never', ...secret } } },
    }),
  ],
])('an agent that creates %s to mount the Secret is refused, and nothing is stored', async (_, object) => {
  const spec = {
    volumes: [{ name: 'loot', secret: { secretName: 'web-tls' } }],
    containers: [{ name: 'thief', image: AGENT_IMAGE, volumeMounts: [{ name: 'loot', mountPath: '/loot' }] }],
  };
  const manifest = JSON.stringify(object(spec));
  const argv = [
    'exec',
    '-i',
    '-n',
    agents.name,
    'agent',
    '-c',
    'agent',
    '--',
    'kubectl',
    'create',
    '--validate=ignore',
    '-f',
    '-',
  ];
  // Until the workload guard is in force it is refused without being sent.
  const refused = async () => (await cluster.kubectl(argv, { input: manifest })).stderr;
  await expect
    .poll(refused, { timeout: PATIENCE_MS })
    .toMatch(/spec\.volumes\[0\]\.secret\.secretName gives its containers a Secret/);
  const created = (await cluster.audit.calls()).filter(
    ({ user, verb, responseStatus }) =>
      user.username === account && verb === 'create' && (responseStatus?.code ?? 0) < 300,
  );
  expect(created.filter(({ objectRef }) => ['pods', 'jobs'].includes(objectRef?.resource ?? ''))).toEqual([]);
});

test('a permitted write goes through under our Audit-ID, and is a span with the same', async () => {
  const create = ['create', 'configmap', 'note', '-n', agents.shop, '--from-literal=a=b'];
  expect(await agents.kubectl('agent', create)).toMatchObject({ code: 0 });
  const [event] = await arrived((uri) => uri.includes('/configmaps?fieldManager'));
  const span = await collectorOf(cluster).until(
    ({ attributes }) => attributes['chaperone.audit_id'] === event?.auditID,
    'the span of the write',
  );
  expect(span.attributes).toMatchObject({
    'chaperone.caller': 'agent',
    'chaperone.decision': 'permit',
    'chaperone.request.verb': 'create',
    'http.response.status_code': 201,
  });
  expect(span.resource).toMatchObject({ 'k8s.pod.uid': uid });
  expect(await records()).toContain(event?.auditID);
});

test('the controller tells that it enrolled the pod', async () => {
  const enrolment = await collectorOf(cluster).until(
    ({ name, attributes }) => name === 'enrol' && attributes['k8s.pod.uid'] === uid,
    'the span of the enrolment',
  );
  expect(enrolment.attributes).toMatchObject({ 'chaperone.decision': 'permit', 'k8s.pod.name': 'agent' });
});

test('exec, port-forward and attach are refused for now, and nothing arrives', async () => {
  for (const argv of [
    ['exec', 'x', '--', 'id'],
    ['port-forward', 'pod/x', '1:1'],
    ['attach', 'x'],
  ]) {
    const { code, stderr } = await agents.kubectl('agent', [...argv, '-n', agents.shop]);
    expect(code, stderr).not.toBe(0);
  }
  expect(await arrived((uri) => /\/(exec|portforward|attach)/.test(uri))).toEqual([]);
});

test('a Job completes: its sidecar ends after it, by itself', async () => {
  const container = {
    name: 'agent',
    image: AGENT_IMAGE,
    imagePullPolicy: 'Never',
    args: ['-c', `kubectl get pods -n ${agents.shop}`],
  };
  await create(cluster, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'once', namespace: agents.name },
    spec: {
      backoffLimit: 0,
      template: {
        spec: { serviceAccountName: 'triage-bot', restartPolicy: 'Never', containers: [container] },
      },
    },
  });
  await ok(
    cluster.kubectl(['wait', '--for=condition=Complete', 'job/once', '-n', agents.name, '--timeout=50s']),
  );
});

test('a pod that brings a sidecar of its own is refused', async () => {
  const sidecar = {
    name: 'chaperone',
    image: AGENT_IMAGE,
    restartPolicy: 'Always',
    args: ['-c', 'sleep infinity'],
  };
  const forged = agentPod(agents.name, 'forged', { initContainers: [sidecar] });
  const { code, stderr } = await cluster.kubectl(['create', '-f', '-'], { input: JSON.stringify(forged) });
  expect(code).not.toBe(0);
  expect(stderr).toContain('chaperone');
});

test('an agent that no policy names may do nothing, and is told why', async () => {
  await using lonely = await crew(cluster, 'lonely');
  await ok(cluster.kubectl(['delete', 'agentpolicy', 'triage', '-n', lonely.name]));
  await lonely.start('agent');
  const { stderr } = await lonely.kubectl('agent', ['get', 'pods', '-n', lonely.shop]);
  expect(stderr).toContain(`no valid AgentPolicy names the ServiceAccount ${lonely.name}/triage-bot`);
  await create(cluster, policy(lonely.name));
  await waitFor({
    what: 'the new policy to take hold',
    timeoutMs: PATIENCE_MS,
    probe: async () => (await lonely.kubectl('agent', ['get', 'pods', '-n', 'shop'])).code === 0 || undefined,
  });
});

test('a sidecar that crashes comes back with the same callers, while the agent runs on', async () => {
  const one = ['get', 'pod', 'agent', '-n', agents.name, '-o'];
  const restarts = async () =>
    Number(await ok(cluster.kubectl([...one, 'jsonpath={.status.initContainerStatuses[0].restartCount}'])));
  await cluster.kubectl([
    'exec',
    '-n',
    agents.name,
    'agent',
    '-c',
    'chaperone',
    '--',
    '/usr/local/bin/node',
    '-e',
    'process.kill(1, "SIGKILL"); process.kill(1, "SIGTERM")',
  ]);
  await waitFor({
    what: 'the sidecar to be restarted',
    timeoutMs: 30_000,
    probe: async () => (await restarts()) > 0 || undefined,
  });
  await waitFor({
    what: 'the agent to be served again',
    timeoutMs: 30_000,
    probe: async () =>
      (await agents.kubectl('agent', ['get', 'pods', '-n', agents.shop])).code === 0 || undefined,
  });
  expect(await ok(cluster.kubectl([...one, 'jsonpath={.status.containerStatuses[*].restartCount}']))).toBe(
    '0 0',
  );
});

test('no value was told but under the Grant, and none is in the records', async () => {
  expect(await records()).not.toContain(VALUE);
  expect(await records()).not.toContain(Buffer.from(VALUE).toString('base64'));
});
