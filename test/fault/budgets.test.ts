// Budgets where replicas race, are replaced, are cut off or gone: the API server's audit log says how many calls were made.
import { afterAll, expect, test } from 'vitest';
import { startRelay } from '../../sidecar/test-relay.ts';
import { refusalOf } from '../adversarial/answers.ts';
import { startCluster } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait.ts';
import { createSurroundings, replicaAt, startReplica } from '../e2e/controller-process.ts';
import { type CountedAgent, workload } from './budget-agents.ts';

const [STEADY, SHAKY] = ['127.61.44.6', '127.61.44.7'];
const three = { verbs: ['delete'], max: 3, per: '1h' };

const cluster = await startCluster({ node: false });
await createSurroundings(cluster);
const { hostname: host, port } = new URL(cluster.server);
const relay = await startRelay({ host, port: Number(port) });
const startShaky = () => startReplica(cluster, SHAKY, `https://${relay.address}`);
const steadyReplica = await startReplica(cluster, STEADY);
let shakyReplica = await startShaky();
const [steady, shaky] = [await replicaAt(cluster, STEADY), await replicaAt(cluster, SHAKY)];
afterAll(async () => {
  relay.resume();
  await Promise.all([steadyReplica.stop(), shakyReplica.stop()]);
  await relay[Symbol.asyncDispose]();
  await cluster.stop();
});

const remove = ({ governed, path }: CountedAgent, name: string) =>
  governed.agent.call('h2', { method: 'DELETE', path: path(name) });
/** What the API server was asked to delete; nothing stands there, so it says 404. */
const deleted = async ({ governed }: CountedAgent) =>
  (await governed.arrived()).filter(({ verb }) => verb === 'delete').length;

test('of twenty calls at once, by two pods at two replicas, the budget lets three through', async () => {
  const agentOf = await workload(cluster, 'racing', three);
  const both = await Promise.all([agentOf('one', steady), agentOf('other', shaky)]);
  await using one = both[0];
  await using other = both[1];
  const asks = Array.from({ length: 20 }, (_, at) => remove(at % 2 === 0 ? one : other, `at-${at}`));
  const answers = await Promise.all(asks);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(17).fill(403), 404, 404, 404]);
  const refused = answers.find(({ status }) => status === 403);
  expect(refused && refusalOf(refused)).toBe('403 BudgetSpent');
  expect((await deleted(one)) + (await deleted(other))).toBe(3);
});

// The two wait more than they work, each at a replica of its own.
test.concurrent('room comes back when the span has passed, and not before', async () => {
  const agentOf = await workload(cluster, 'sliding', { ...three, max: 1, per: '2s' });
  await using agent = await agentOf('agent', steady);
  const beganMs = performance.now();
  expect((await remove(agent, 'a')).status).toBe(404);
  const countedMs = performance.now();
  expect((await remove(agent, 'a')).status).toBe(403);
  await waitFor({
    what: 'room for another',
    timeoutMs: 10_000,
    probe: async () => (await remove(agent, 'a')).status === 404 || undefined,
  });
  expect(performance.now() - beganMs).toBeGreaterThan(2_000);
  expect(performance.now() - countedMs).toBeLessThan(6_000);
  expect(await deleted(agent)).toBe(2);
});

test.concurrent('what a replica that is cut off or gone cannot count is not made, and the one after it goes on with the count', async () => {
  const agentOf = await workload(cluster, 'replaced', three);
  await using agent = await agentOf('agent', shaky);
  const unnamed = { method: 'DELETE', path: `/api/v1/namespaces/${agent.governed.namespace}/services/x` };
  for (let at = 0; at < 2; at += 1)
    expect(refusalOf(await agent.governed.agent.call('h1', unnamed))).toBe('403 NoRule');
  expect((await remove(agent, 'a')).status).toBe(404);

  relay.stall();
  const beganMs = performance.now();
  expect(refusalOf(await remove(agent, 'b'))).toBe('503 BudgetUnanswered');
  expect(performance.now() - beganMs).toBeLessThan(5_000);
  relay.resume();

  await shakyReplica.stop();
  const unanswered = remove(agent, 'c');
  expect((await agent.governed.agent.call('h2', { path: agent.path('c') })).status).toBe(404);
  shakyReplica = await startShaky();
  expect(refusalOf(await unanswered)).toBe('503 BudgetUnanswered');

  await agent.follow(shaky);
  const refused = await remove(agent, 'd');
  expect(refusalOf(refused)).toBe('403 BudgetSpent');
  expect(refused.json()).toMatchObject({
    message: expect.stringContaining('budgets[0] is spent: at most 3 delete in 1h'),
    details: { retryAfterSeconds: expect.any(Number) },
  });
  expect(refusalOf(await agent.governed.agent.call('h1', unnamed))).toBe('403 NoRule');
  expect(await deleted(agent)).toBe(1);
  expect(agent.governed.records.at(-2)).toMatchObject({
    decision: 'denial',
    refusal: 'BudgetSpent',
    rule: 'AgentPolicy replaced/triage budgets[0]',
  });
});
