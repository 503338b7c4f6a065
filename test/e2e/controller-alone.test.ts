// The controller against an API server without any webhook: what slipped past admission gives nothing, and a controller that
// the API server no longer answers renews nothing.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Controller, startController } from '../../controller/controller.ts';
import { connect } from '../../controller/kube/api.ts';
import { PROVEN_WITHIN_MS } from '../../controller/sidecars/lease.ts';
import { render } from '../../injector/render.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { create, ok } from '../cluster/pods.ts';
import { startCluster } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait.ts';
import {
  type ControllerAddress,
  enrolWith,
  type Followed,
  follow,
  podToken,
  SYSTEM,
} from './controller-client.ts';
import { AGENT, grant, idlePod, LABELLED, policy, policySpec, uidOf } from './controller-fixture.ts';

/** Of loopback's many; nothing else here listens on it. */
const ADDRESS = '127.61.44.3';
const SIDECAR = {
  image: 'localhost/chaperone:test',
  imagePullPolicy: 'Never' as const,
  command: ['node', '/app/sidecar.mjs'],
  resources: { limits: { memory: '64Mi' }, requests: {} },
};

const cluster = await startCluster({ node: false });
const controller = await start();
const address = await addressOf();
afterAll(async () => {
  await controller.stop();
  await cluster.stop();
});

async function start(): Promise<Controller> {
  const files = ['agentpolicies', 'grants'].map((name) => join('charts/chaperone/files', `${name}.yaml`));
  await create(
    cluster,
    ...(await Promise.all(files.map(async (file) => parse(await readFile(file, 'utf8'))))),
  );
  await create(
    cluster,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'chaperone', namespace: SYSTEM },
      spec: { ports: [{ port: 8443 }] },
    },
  );
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(cluster.kubeconfig);
  const config = {
    namespace: SYSTEM,
    serviceAccount: 'chaperone',
    address: ADDRESS,
    service: 'chaperone',
    webhooks: 'chaperone',
    sidecar: SIDECAR,
    apiServer: cluster.server,
  };
  const log = createLogger({ component: 'controller', level: 'error' });
  return startController({ config, kube: await connect(kubeConfig), log });
}

async function addressOf(): Promise<ControllerAddress> {
  const secret = ['get', 'secret', 'chaperone-control-root', '-n', SYSTEM, '-o', 'json'];
  const { data } = JSON.parse(await ok(cluster.kubectl(secret))) as { data: Record<string, string> };
  const [, root = ''] = Object.entries(data).find(([key]) => key.endsWith('.crt')) ?? [];
  return {
    authority: `https://${ADDRESS}:8443`,
    roots: Buffer.from(root, 'base64').toString(),
    servername: `chaperone.${SYSTEM}.svc`,
  };
}

/** A namespace with an injected pod that follows its entitlements. */
async function followedPod(namespace: string): Promise<{ uid: string; stream: Followed }> {
  await create(cluster, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: LABELLED },
  });
  await create(cluster, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: AGENT, namespace },
  });
  const injector = {
    ...SIDECAR,
    controller: address.authority,
    controlCa: address.roots,
    apiServer: cluster.server,
    apiServerCa: cluster.ca,
  };
  const rendered = render(idlePod(namespace, 'agent'), injector);
  if (rendered.kind === 'refusal') throw new Error(rendered.message);
  await create(cluster, rendered.pod);
  const uid = await uidOf(cluster, namespace, 'agent');
  const token = await podToken(cluster, { namespace, serviceAccount: AGENT, pod: 'agent', uid });
  const { status, body } = await enrolWith(address, token);
  if (status !== 200) throw new Error(body.message ?? `${status}`);
  return { uid, stream: await follow(address, body) };
}

const conditionOf = async (namespace: string, kind: string, name: string) =>
  ok(
    cluster.kubectl([
      ...['get', kind, name, '-n', namespace, '-o'],
      'jsonpath={.status.conditions[0].status} {.status.conditions[0].reason} {.status.conditions[0].message}',
    ]),
  );

test('a policy that the strict schema does not understand gives nothing and says which field', async () => {
  const { stream } = await followedPod('invalid');
  using _ = stream;
  const [rule] = policySpec.standing.rules;
  const spec = { standing: { lifetime: '8h', rules: [{ ...rule, resourceName: ['web-0'] }] } };
  const create = ['create', '--validate=ignore', '-f', '-'];
  await ok(cluster.kubectl(create, { input: JSON.stringify(policy('invalid', spec)) }));
  await expect
    .poll(() => conditionOf('invalid', 'agentpolicy', 'triage'))
    .toContain('False Invalid spec.standing.rules[0].resourceName: is not a field of this kind');
  expect(stream.arrived.map(({ message }) => message.snapshot.held.kind)).not.toContain('policy');
});

test('of two policies for one ServiceAccount none holds, and both say so', async () => {
  const { stream } = await followedPod('conflict');
  using _ = stream;
  await create(cluster, policy('conflict'));
  await stream.until('the policy', ({ snapshot }) => snapshot.held.kind === 'policy');
  await create(cluster, policy('conflict', {}, 'second'));
  await stream.until('the conflict', ({ snapshot }) => snapshot.held.kind === 'conflict');
  for (const name of ['triage', 'second']) {
    await expect.poll(() => conditionOf('conflict', 'agentpolicy', name)).toContain('False Conflict');
  }
});

test('a Grant that is wider than its scope is Refused and gives nothing', async () => {
  const { uid, stream } = await followedPod('wider');
  using _ = stream;
  await create(cluster, policy('wider'));
  await create(cluster, grant('wider', { name: 'agent', uid }, { rules: policySpec.standing.rules }));
  await expect.poll(() => conditionOf('wider', 'grant', 'live')).toContain('False BeyondScope');
  const grants = stream.arrived.map(
    ({ message: { snapshot } }) => snapshot.held.kind === 'policy' && snapshot.held.grants,
  );
  expect(grants.flat().filter(Boolean)).toEqual([]);
});

test('the end of a pod is told: its identity outlives it, and gives nothing more', async () => {
  const { stream } = await followedPod('ending');
  using _ = stream;
  await create(cluster, policy('ending'));
  await stream.until('the policy', ({ snapshot }) => snapshot.held.kind === 'policy');
  await ok(cluster.kubectl(['delete', 'pod', 'agent', '-n', 'ending', '--force', '--grace-period=0']));
  const seen = stream.arrived.length;
  // At the next renewal, or when the policy changes.
  await ok(cluster.kubectl(['label', 'agentpolicy', 'triage', '-n', 'ending', 'anything=new']));
  await stream.until('nothing', ({ snapshot }) => snapshot.held.kind === 'none', seen);
});

test('a controller that the API server does not answer renews no lease, and does when it answers again', async () => {
  const { stream } = await followedPod('stalled');
  using _ = stream;
  await create(cluster, policy('stalled'));
  await stream.until('the policy', ({ snapshot }) => snapshot.held.kind === 'policy');
  const pid = Number(await readFile(join(cluster.folder, 'pids/kube-apiserver'), 'utf8'));
  process.kill(pid, 'SIGSTOP');
  const stalledMs = performance.now();
  const seen = stream.arrived.length;
  // Longer than the slowest renewal.
  const quietMs = 24_000;
  await waitFor({
    what: 'the time of a renewal to go by',
    timeoutMs: 2 * quietMs,
    probe: () => performance.now() - stalledMs > quietMs || undefined,
  }).finally(() => process.kill(pid, 'SIGCONT'));
  const continuedMs = performance.now();
  // What was proven just before may still be told.
  const told = stream.arrived.slice(seen).map(({ atMs }) => atMs - stalledMs);
  expect(Math.max(0, ...told)).toBeLessThanOrEqual(PROVEN_WITHIN_MS);
  const renewed = await stream.until('a renewal', () => true, seen + told.length);
  expect(renewed.atMs).toBeGreaterThan(continuedMs);
}, 90_000);
