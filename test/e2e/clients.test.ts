// The official clients in containers of their own, unchanged, in one agent pod on the node: what each does through the
// sidecar, and what it tells of a refusal. The sidecar's records and the API server's audit log say what arrived.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SENTINEL_MARKER } from '../../masking/sentinel.ts';
import { type Crew, DEPLOYMENT, POD, SECRET, startClients, TALKER, VALUE } from '../clients/crew.ts';
import { CLIENTS } from '../clients/images.ts';
import { killContainer, restartsOf } from '../clients/kill-container.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { logOf } from '../search/logs.ts';
import { witness } from '../search/witness.ts';
import { AGENT, grant } from './controller-fixture.ts';

/** The first time on a machine client-go is built and the Python packages are fetched. */
const COLD_MS = 600_000;
const PATIENCE_MS = 20_000;

const cluster = await suiteCluster();
let crew: Crew;
beforeAll(async () => {
  crew = await startClients(cluster, 'clients');
  await Promise.all(CLIENTS.map((client) => crew.clients[client].get('follow', crew.shop)));
}, COLD_MS);
afterAll(() => crew?.[Symbol.asyncDispose]());

const each = test.for(CLIENTS);
const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: crew.shop },
});

each('%s lists pods and gets one', async (client) => {
  const pods = await crew.clients[client].get('pods', crew.shop, TALKER);
  expect(pods).toEqual({ listed: [TALKER], uid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
});

each('%s reads the keys of a Secret, and a sentinel for each value', async (client) => {
  const secret = await crew.clients[client].get('secret', crew.shop, SECRET);
  expect(secret).toEqual({ key: expect.stringMatching(`^${SENTINEL_MARKER}[0-9a-f]{48}$`) });
});

each('%s creates a ConfigMap and patches it', async (client) => {
  const merged = client === 'javascript' ? { merge: 'patch' } : { strategic: 'patch' };
  const data = await crew.clients[client].get('write', crew.shop, `by-${client}`);
  expect(data).toEqual({ by: 'create', ...merged, 'server-side': 'apply' });
});

each('%s sees an object appear in its watch', async (client) => {
  await create(cluster, configMap(`for-${client}`));
  expect(await crew.clients[client].get('seen', crew.shop, `for-${client}`)).toBe(`for-${client}`);
});

each('%s reads a log that goes on', async (client) => {
  const lines = await crew.clients[client].get('log', crew.shop, TALKER);
  expect(lines).toEqual(['line 0', 'line 1', 'line 2']);
});

const EXECUTED = { stdout: 'got hello\n', stderr: 'err\n', code: 3 };

each('%s runs a command in a pod, says what goes in, and is told how it ended', async (client) => {
  expect(await crew.clients[client].get('exec', crew.shop, TALKER)).toEqual(EXECUTED);
});

each('%s reaches a port of a pod', async (client) => {
  expect(await crew.clients[client].get('forward', crew.shop, TALKER)).toBe('HTTP/1.1 200 OK');
});

test('client-go does both by SPDY too', async () => {
  expect(await crew.clients.go.get('exec by SPDY', crew.shop, TALKER)).toEqual(EXECUTED);
  expect(await crew.clients.go.get('forward by SPDY', crew.shop, TALKER)).toBe('HTTP/1.1 200 OK');
});

each('%s finds a kind by discovery and gets an object of it', async (client) => {
  expect(await crew.clients[client].get('dynamic', crew.shop, DEPLOYMENT)).toBe(DEPLOYMENT);
});

each('%s tells a refusal in the words of the Status', async (client) => {
  const { error } = await crew.clients[client].ask('delete', crew.shop, TALKER);
  expect(error).toMatchObject({ code: 403, reason: 'Forbidden' });
  expect(error?.message).toContain(`chaperone refuses delete pods "${TALKER}" in namespace ${crew.shop}`);
  expect(error?.said).toContain('chaperone refuses delete pods');
});

test('each speaks its own HTTP, and client-go its protobuf and WatchList', async () => {
  const wire = Object.fromEntries(
    await Promise.all(
      CLIENTS.map(async (client) => [client, await crew.clients[client].get('wire', crew.shop)]),
    ),
  );
  expect(wire).toEqual({
    python: { protocol: 'http/1.1' },
    javascript: { protocol: 'h2' },
    go: { protocol: 'h2', accept: 'application/vnd.kubernetes.protobuf,application/json' },
  });
  const account = `system:serviceaccount:${crew.namespace}:${AGENT}`;
  const watchList = await cluster.audit.until(
    ({ user, requestURI }) => user.username === account && requestURI.includes('sendInitialEvents=true'),
    'the WatchList',
  );
  expect(watchList.requestURI).toContain(`/namespaces/${crew.shop}/configmaps?`);
});

test('each record names the container that called', async () => {
  const lines = await ok(cluster.kubectl(['logs', '-n', crew.namespace, POD, '-c', 'chaperone']));
  const records = lines
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"caller"'))
    .map((line) => JSON.parse(line) as { caller: string; userAgent?: string });
  const callersOf = (userAgent: RegExp) => [
    ...new Set(records.filter((one) => userAgent.test(one.userAgent ?? '')).map(({ caller }) => caller)),
  ];
  expect(callersOf(/^OpenAPI-Generator\/[\d.]+\/python$/)).toEqual(['python']);
  expect(callersOf(/^kubernetes-client-javascript\//)).toEqual(['javascript']);
  expect(callersOf(/^client\/.* kubernetes\//)).toEqual(['go']);
});

test('under a Grant each is shown the value', async () => {
  // What a client answers is its container's stdout.
  for (const client of CLIENTS) witness(logOf(crew.namespace, POD, client), [VALUE]);
  await create(cluster, grant(crew.namespace, { name: POD, uid: crew.uid }));
  const isShown = async (client: (typeof CLIENTS)[number]) => {
    const secret = await crew.clients[client].get('secret', crew.shop, SECRET, [VALUE]);
    return (secret as { key: string }).key === VALUE || undefined;
  };
  await Promise.all(
    CLIENTS.map((client) =>
      waitFor({
        what: `the Grant to take hold for ${client}`,
        timeoutMs: PATIENCE_MS,
        probe: () => isShown(client),
      }),
    ),
  );
});

test('a sidecar that is killed comes back to the same clients, and their watches go on', async () => {
  await killContainer(cluster, crew.namespace, POD, 'chaperone');
  for (const client of CLIENTS) {
    await waitFor({
      what: `${client} to be served again`,
      timeoutMs: PATIENCE_MS,
      probe: async () =>
        (await crew.clients[client].ask('pods', crew.shop, TALKER)).error === undefined || undefined,
    });
  }
  await create(cluster, configMap('after'));
  await Promise.all(CLIENTS.map((client) => crew.clients[client].get('seen', crew.shop, 'after')));
  expect(await restartsOf(cluster, crew.namespace, POD)).toEqual({
    chaperone: 1,
    python: 0,
    idle: 0,
    javascript: 0,
    go: 0,
  });
});
