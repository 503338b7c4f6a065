// The entitlements stream of the installed controller: what a pod is told, how soon, and when it is told nothing more.
import { expect, test } from 'vitest';
import type { Held } from '../../policy/snapshot.ts';
import type { EnrolResponse } from '../../wire/enrol.ts';
import type { EntitlementsMessage } from '../../wire/entitlements.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import {
  type ControllerAddress,
  enrolWith,
  follow,
  installedController,
  podToken,
  SYSTEM,
} from './controller-client.ts';
import {
  AGENT,
  type AgentNamespace,
  agentNamespace,
  grant,
  idleDeployment,
  policySpec,
  uidOf,
} from './controller-fixture.ts';

const cluster = await suiteCluster();
const controller = await installedController(cluster);

/** Promised by docs/design.md: a revocation takes hold within a second when connected. */
const REVOKED_WITHIN_MS = 1000;

async function enrol(agents: AgentNamespace, pod: string) {
  const uid = await agents.startPod(pod);
  return { uid, identity: await enrolPod(agents, pod, uid) };
}

async function enrolPod(agents: AgentNamespace, pod: string, uid: string) {
  const token = await podToken(cluster, { namespace: agents.name, serviceAccount: AGENT, pod, uid });
  return (await enrolWith(controller, token)).body;
}

const heldOf = ({ snapshot }: EntitlementsMessage): Held => snapshot.held;
const grantsOf = (message: EntitlementsMessage) => {
  const held = heldOf(message);
  return held.kind === 'policy' ? held.grants : [];
};
const standingOf = (message: EntitlementsMessage) => {
  const held = heldOf(message);
  return held.kind === 'policy' ? held.standing?.remainingMs : undefined;
};
const phaseOf = async (namespace: string, name: string) =>
  ok(cluster.kubectl(['get', 'grant', name, '-n', namespace, '-o', 'jsonpath={.status.phase}']));

test('a Grant arrives and its deletion is told within a second', async () => {
  await using agents = await agentNamespace(cluster, 'stream');
  const { uid, identity } = await enrol(agents, 'agent');
  using stream = await follow(controller, identity);
  const first = await stream.until('a snapshot with standing rules', (each) => (standingOf(each) ?? 0) > 0);
  expect(grantsOf(first.message)).toEqual([]);
  expect(first.message.snapshot.leaseMs).toBeGreaterThan(40_000);
  expect(first.message.snapshot.leaseMs).toBeLessThanOrEqual(60_000);

  await create(cluster, grant(agents.name, { name: 'agent', uid }));
  const given = await stream.until('the Grant', (each) => (grantsOf(each)[0]?.remainingMs ?? 0) > 0);
  expect(grantsOf(given.message)).toMatchObject([{ name: 'live', scope: 'read-web-tls', task: 'INC-4711' }]);
  expect(BigInt(given.message.grantsResourceVersion)).toBeGreaterThan(
    BigInt(first.message.grantsResourceVersion),
  );

  const seen = stream.arrived.length;
  await ok(cluster.kubectl(['delete', 'grant', 'live', '-n', agents.name]));
  const deletedMs = performance.now();
  const revoked = await stream.until('its end', (each) => grantsOf(each).length === 0, seen);
  expect(revoked.atMs - deletedMs).toBeLessThan(REVOKED_WITHIN_MS);
});

test('a Grant of two seconds is Active, then Ended, and is told so', async () => {
  await using agents = await agentNamespace(cluster, 'expiry');
  const { uid, identity } = await enrol(agents, 'agent');
  using stream = await follow(controller, identity);
  await create(cluster, grant(agents.name, { name: 'agent', uid }, { duration: '2s' }));
  const given = await stream.until('the Grant', (each) => (grantsOf(each)[0]?.remainingMs ?? 0) > 0);
  expect(grantsOf(given.message)[0]?.remainingMs).toBeLessThanOrEqual(2000);
  await stream.until('its end', (each) => grantsOf(each)[0]?.remainingMs === 0);
  await expect.poll(() => phaseOf(agents.name, 'live')).toBe('Ended');
});

test('a Grant for a pod that does not exist is Refused, and one for another pod is not told', async () => {
  await using agents = await agentNamespace(cluster, 'nobody');
  const { identity } = await enrol(agents, 'agent');
  using stream = await follow(controller, identity);
  const other = await agents.startPod('other');
  await create(
    cluster,
    grant(agents.name, { name: 'agent', uid: 'a-pod-of-yesterday' }, {}, 'late'),
    grant(agents.name, { name: 'other', uid: other }, {}, 'theirs'),
  );
  await expect.poll(() => phaseOf(agents.name, 'late')).toBe('Refused');
  await expect.poll(() => phaseOf(agents.name, 'theirs')).toBe('Active');
  await ok(cluster.kubectl(['delete', 'grant', 'theirs', '-n', agents.name]));
  expect(stream.arrived.flatMap(({ message }) => grantsOf(message))).toEqual([]);
});

test('a changed policy is told at once; a deleted one leaves nothing and ends its Grants', async () => {
  await using agents = await agentNamespace(cluster, 'policy');
  const { uid, identity } = await enrol(agents, 'agent');
  using stream = await follow(controller, identity);
  await create(cluster, grant(agents.name, { name: 'agent', uid }));
  await stream.until('the Grant', (each) => grantsOf(each).length === 1);

  const never = [{ namespaces: ['shop'], apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  const patch = ['patch', 'agentpolicy', 'triage', '-n', agents.name, '--type=merge', '-p'];
  await ok(cluster.kubectl([...patch, JSON.stringify({ spec: { never } })]));
  await stream.until(
    'the ban',
    ({ snapshot: { held } }) => held.kind === 'policy' && held.never?.length === 1,
  );

  await ok(cluster.kubectl(['delete', 'agentpolicy', 'triage', '-n', agents.name]));
  const deletedMs = performance.now();
  const gone = await stream.until('nothing', (each) => heldOf(each).kind === 'none');
  expect(gone.atMs - deletedMs).toBeLessThan(REVOKED_WITHIN_MS);
  await expect.poll(() => phaseOf(agents.name, 'live')).toBe('Ended');
});

test('the standing lifetime began with the first pod of the workload: no second pod, no orphan and no other replica begins one', async () => {
  await using agents = await agentNamespace(cluster, 'standing');
  const here = ['-n', agents.name];
  await create(cluster, idleDeployment(agents.name, 'crew', 2));
  const pods = await waitFor({
    what: 'two pods of the Deployment',
    timeoutMs: 20_000,
    probe: async () => {
      const names = (await ok(cluster.kubectl(['get', 'pods', ...here, '-o', 'name']))).trim().split('\n');
      return names.length === 2 ? names.map((name) => name.replace('pod/', '')) : undefined;
    },
  });
  const left: number[] = [];
  const look = async (replica: ControllerAddress, identity: EnrolResponse) => {
    using stream = await follow(replica, identity);
    const { message } = await stream.until('standing rules', (each) => (standingOf(each) ?? 0) > 0);
    left.push(standingOf(message) ?? 0);
  };
  const identities: EnrolResponse[] = [];
  for (const pod of pods) {
    const identity = await enrolPod(agents, pod, await uidOf(cluster, agents.name, pod));
    await look(controller, identity);
    identities.push(identity);
  }

  // Out of its ReplicaSet's selector, it is orphaned; that replica has never seen it before.
  const [orphan = ''] = pods;
  await ok(cluster.kubectl(['label', 'pod', orphan, ...here, 'app=nobodys', '--overwrite']));
  const owners = ['get', 'pod', orphan, ...here, '-o', 'jsonpath={.metadata.ownerReferences}'];
  await expect.poll(() => ok(cluster.kubectl(owners)), { timeout: 10_000 }).toBe('');
  await look(await installedController(cluster, 1), identities[0] as EnrolResponse);
  expect(left).toEqual(left.toSorted((a, b) => b - a));
  expect(new Set(left).size).toBe(3);

  const get = ['get', 'agentpolicy', 'triage', ...here, '-o', 'jsonpath={.metadata.uid}'];
  const name = `chaperone-standing-${await ok(cluster.kubectl(get))}`;
  const lines = await ok(cluster.kubectl(['get', 'configmap', name, '-n', SYSTEM, '-o', 'jsonpath={.data}']));
  expect(Object.values(JSON.parse(lines)).toSorted()).toEqual([
    expect.stringMatching(new RegExp(`^[-0-9T:.]+Z Deployment ${agents.name}/crew$`)),
    expect.stringMatching(new RegExp(`^[-0-9T:.]+Z ReplicaSet ${agents.name}/crew-`)),
  ]);
});

test('a standing lifetime that is over stays over for a new stream', async () => {
  await using agents = await agentNamespace(cluster, 'over');
  const { identity } = await enrol(agents, 'agent');
  const spec = { standing: { ...policySpec.standing, lifetime: '1s' } };
  const patch = ['patch', 'agentpolicy', 'triage', '-n', agents.name, '--type=merge', '-p'];
  await ok(cluster.kubectl([...patch, JSON.stringify({ spec })]));
  const leftAnew = async () => {
    using stream = await follow(controller, identity);
    return standingOf((await stream.until('a snapshot', () => true)).message);
  };
  await leftAnew();
  await expect.poll(leftAnew, { timeout: 10_000 }).toBe(0);
});

test('a second stream of an agent takes the place of its first', async () => {
  await using agents = await agentNamespace(cluster, 'replaced');
  const { identity } = await enrol(agents, 'agent');
  using first = await follow(controller, identity);
  await first.until('a snapshot', () => true);
  using second = await follow(controller, identity);
  await second.until('a snapshot', () => true);
  await expect.poll(first.isOver).toBe(true);
  expect(second.isOver()).toBe(false);
});
