// The controller against an API server without any webhook: what slipped past admission gives nothing, and a controller that
// the API server no longer answers renews nothing.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PROVEN_WITHIN_MS } from '../../controller/sidecars/lease.ts';
import { create, ok } from '../cluster/pods.ts';
import { startCluster } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait.ts';
import { call } from './controller-client.ts';
import { grant, policy, policySpec } from './controller-fixture.ts';
import {
  createSurroundings,
  followedPod as followedPodOf,
  followUntilTold,
  replicaAt,
  startReplica,
} from './controller-process.ts';

/** Of loopback's many; nothing else here listens on it. */
const ADDRESS = '127.61.44.3';

const cluster = await startCluster({ node: false });
await createSurroundings(cluster);
const controller = await startReplica(cluster, ADDRESS);
const address = await replicaAt(cluster, ADDRESS);
afterAll(async () => {
  await controller.stop();
  await cluster.stop();
});

const followedPod = (namespace: string) => followedPodOf(cluster, address, namespace);

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

test('a Grant that is wider than its scope is Refused and gives nothing, and keeps its annotations', async () => {
  const { uid, stream } = await followedPod('wider');
  using _ = stream;
  await create(cluster, policy('wider'));
  const wider = grant('wider', { name: 'agent', uid }, { rules: policySpec.standing.rules });
  const metadata = { ...wider.metadata, annotations: { ticket: 'INC-4711' } };
  await create(cluster, { ...wider, metadata });
  await expect.poll(() => conditionOf('wider', 'grant', 'live')).toContain('False BeyondScope');
  const annotations = ['get', 'grant', 'live', '-n', 'wider', '-o', 'jsonpath={.metadata.annotations}'];
  expect(await ok(cluster.kubectl(annotations))).toBe('{"ticket":"INC-4711"}');
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

test('a Grant that ended more than a week ago is deleted', async () => {
  await ok(cluster.kubectl(['create', 'namespace', 'old']));
  await create(
    cluster,
    ...['long-ago', 'lately'].map((name) => grant('old', { name: 'agent', uid: 'gone' }, {}, name)),
  );
  const daysAgo = (days: number) =>
    new Date(Date.now() - days * 86_400_000).toISOString().replace(/\..*/, 'Z');
  for (const [name, days] of [
    ['lately', 6],
    ['long-ago', 8],
  ] as const) {
    const ended = { type: 'Ended', status: 'True', reason: 'Expired', message: '', observedGeneration: 1 };
    const conditions = [{ ...ended, lastTransitionTime: daysAgo(days) }];
    const status = JSON.stringify({ status: { phase: 'Ended', conditions } });
    const patch = ['patch', 'grant', name, '-n', 'old', '--subresource=status', '--type=merge', '-p', status];
    await ok(cluster.kubectl(patch));
  }
  const names = () => ok(cluster.kubectl(['get', 'grants', '-n', 'old', '-o', 'name']));
  await expect.poll(names, { timeout: 10_000 }).toBe('grant.chaperone.dev/lately\n');
});

test('a controller that the API server does not answer sends its sidecars away, and takes none until it does', async () => {
  const { stream, identity } = await followedPod('stalled');
  using _ = stream;
  await create(cluster, policy('stalled'));
  await stream.until('the policy', ({ snapshot }) => snapshot.held.kind === 'policy');
  const follows = () => call(address, '/v1/entitlements', identity);
  const pid = Number(await readFile(join(cluster.folder, 'pids/kube-apiserver'), 'utf8'));
  process.kill(pid, 'SIGSTOP');
  const stalledMs = performance.now();
  const seen = stream.arrived.length;
  try {
    await waitFor({
      what: 'the stream to end',
      timeoutMs: 2 * PROVEN_WITHIN_MS,
      probe: () => stream.isOver() || undefined,
    });
    expect(stream.endedBecause()).toContain('the API server does not answer this replica');
    expect(await follows()).toMatchObject({ status: 503, body: { reason: 'ServiceUnavailable' } });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  // What was proven just before may still have been told.
  const told = stream.arrived.slice(seen).map(({ atMs }) => atMs - stalledMs);
  expect(Math.max(0, ...told)).toBeLessThanOrEqual(PROVEN_WITHIN_MS);
  using again = await followUntilTold(address, identity);
  expect(again.arrived[0]?.message.snapshot.held.kind).toBe('policy');
}, 90_000);
