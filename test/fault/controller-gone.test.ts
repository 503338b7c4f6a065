// A cluster of its own, because its controllers go away. One of the two: no call of an agent fails, and a revocation takes
// hold. Both: what does not start then, what goes on, and what comes back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_LEASE_MS } from '../../policy/snapshot.ts';
import { KEPT_WITHIN_MS } from '../../sidecar/recording.ts';
import { startCollector } from '../cluster/collector.ts';
import { agentImage } from '../cluster/images.ts';
import { create, ok, startAgent } from '../cluster/pods.ts';
import { type OwnCluster, startCluster } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait.ts';
import { grant } from '../e2e/controller-fixture.ts';
import { agentPod, type Crew, crew } from '../e2e/pod-fixture.ts';
import { installChaperone, SYSTEM } from '../install.ts';
import { agentCalls, podCreations } from './meanwhile.ts';
import { execRule, type RecordedExec, replayed, startRecordedExec } from './recorded-exec.ts';
import { crash, cutOff, type ReplicaPod, servingReplica } from './replica-pods.ts';

let cluster: OwnCluster;
let agents: Crew;
let uid: string;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
  await installChaperone(cluster, (await startCollector(cluster)).endpoint);
  agents = await crew(cluster, 'gone');
  const one = { verbs: ['delete'], max: 1, per: '1h' };
  const rule = { namespaces: [agents.shop], apiGroups: [''], resources: ['configmaps'], verbs: ['delete'] };
  const change = [
    { op: 'add', path: '/spec/budgets', value: [one] },
    { op: 'add', path: '/spec/standing/rules/-', value: rule },
    { op: 'add', path: '/spec/standing/rules/-', value: execRule(agents.shop) },
  ];
  const patch = ['patch', 'agentpolicy', 'triage', '-n', agents.name, '--type=json', '-p'];
  await ok(cluster.kubectl([...patch, JSON.stringify(change)]));
  const pods = [agents.start('running'), agents.start('typing'), startAgent(cluster, agents.shop)] as const;
  [uid] = await Promise.all(pods);
});
afterAll(() => cluster?.stop());

/** Until then the Service may lead the API server to one that is gone, and a pod is refused. */
const CREATED_AGAIN_WITHIN_MS = 10_000;
/** The sidecar gives up after 20 s; the kubelet shows it a moment later. */
const SHOWN_WITHIN_MS = 60_000;
const listPods = () => agents.kubectl('running', ['get', 'pods', '-n', agents.shop]);
const readSecret = () => agents.kubectl('running', ['get', 'secret', 'web-tls', '-n', agents.shop]);
/** NotFound once it was counted, within the budget of one. */
const spendOne = async () => {
  const argv = ['delete', 'configmap', 'nothing', '-n', agents.shop];
  return (await agents.kubectl('running', argv)).stderr;
};
const SPENT = 'budgets[0] is spent: at most 1 delete in 1h';
const system = (args: readonly string[]) => ok(cluster.kubectl([...args, '-n', SYSTEM]));

describe('of two replicas', () => {
  /**
   * Until its endpoint is out, one that is gone may be asked whether the Grant may be. Where it led, another does within 17 s,
   * and only then the Grant begins.
   */
  async function give(): Promise<void> {
    const live = JSON.stringify(grant(agents.name, { name: 'running', uid }));
    await waitFor({
      what: 'the Grant to be admitted',
      timeoutMs: 20_000,
      probe: async () =>
        (await cluster.kubectl(['create', '-f', '-'], { input: live })).code === 0 || undefined,
    });
    await waitFor({
      what: 'the Grant to hold',
      timeoutMs: 30_000,
      probe: async () => (await readSecret()).code === 0 || undefined,
    });
  }

  /** Revokes the Grant, and says how long after that a call that it let through was begun. */
  async function revoke(): Promise<number> {
    await ok(cluster.kubectl(['delete', 'grant', 'live', '-n', agents.name]));
    const revokedMs = performance.now();
    let lastMs = 0;
    for (let atMs = 0; ; lastMs = atMs) {
      atMs = performance.now() - revokedMs;
      if ((await readSecret()).code !== 0) return lastMs;
      expect(atMs).toBeLessThan(MAX_LEASE_MS);
    }
  }

  const other = (replica: ReplicaPod) =>
    waitFor({
      what: 'another replica to serve',
      timeoutMs: MAX_LEASE_MS,
      probe: async () => {
        const serving = await servingReplica(cluster, agents.name, 'running');
        return serving.uid === replica.uid ? undefined : serving;
      },
    });

  test('one that is killed takes no call with it, a revocation takes hold, and what is spent stays it', async () => {
    await give();
    expect(await spendOne()).toContain('NotFound');
    const meanwhile = await agentCalls(cluster, agents, 'running');
    const serving = await servingReplica(cluster, agents.name, 'running');
    const creations = podCreations(cluster, agents);
    await crash(serving);
    const killedMs = performance.now();
    await revoke();
    await servingReplica(cluster, agents.name, 'running');
    await system(['wait', '--for=condition=Ready', 'pod', '-l', 'app.kubernetes.io/name=chaperone']);
    const refused = (await creations.stop()).filter(({ why }) => why !== '');
    expect((refused.at(-1)?.atMs ?? killedMs) - killedMs).toBeLessThan(CREATED_AGAIN_WITHIN_MS);
    await give();
    expect(await revoke()).toBeLessThan(1_000);
    expect(await spendOne()).toContain(SPENT);
    const { calls, failed } = await meanwhile.stop();
    expect(failed).toBe('');
    expect(calls).toBeGreaterThan(5);
  }, 120_000);

  test('one that is killed while it keeps a recording: the exec goes on, and what both have kept is one recording', async () => {
    const serving = await servingReplica(cluster, agents.name, 'running');
    using exec = startRecordedExec(cluster, agents, 'running');
    await exec.says('before');
    await crash(serving);
    await exec.says('meanwhile');
    await other(serving);
    await exec.says('after');
    expect(await exec.end()).toMatchObject({ code: 0, stderr: '' });
    const said = ['before', 'meanwhile', 'after'];
    const lines = await replayed(cluster, agents);
    expect(lines.filter((line) => line.startsWith('in '))).toEqual(said.map((word) => `in   ${word}`));
    expect(lines.filter((line) => line.startsWith('out '))).toEqual(said.map((word) => `out  read ${word}`));
  }, 120_000);

  test('one that is cut off is left, what it does not know of takes hold, and an exec goes on, recorded', async () => {
    await give();
    const serving = await servingReplica(cluster, agents.name, 'running');
    const meanwhile = await agentCalls(cluster, agents, 'running');
    using exec = startRecordedExec(cluster, agents, 'running');
    await exec.says('before');
    await using _ = await cutOff(cluster, serving);
    await revoke();
    await other(serving);
    await exec.says('after');
    expect(await exec.end()).toMatchObject({ code: 0, stderr: '' });
    expect((await meanwhile.stop()).failed).toBe('');
  }, 120_000);

  test('one after the other is replaced: no call fails, no exec that is recorded is cut, and every pod is created', async () => {
    const meanwhile = await agentCalls(cluster, agents, 'running');
    const creations = podCreations(cluster, agents);
    using exec = startRecordedExec(cluster, agents, 'running');
    await exec.says('before');
    await system(['rollout', 'restart', 'deployment/chaperone']);
    await system(['rollout', 'status', 'deployment/chaperone', '--timeout=60s']);
    await servingReplica(cluster, agents.name, 'running');
    await exec.says('after');
    expect(await exec.end()).toMatchObject({ code: 0, stderr: '' });
    expect((await creations.stop()).filter(({ why }) => why !== '')).toEqual([]);
    expect((await meanwhile.stop()).failed).toBe('');
  }, 120_000);
});

describe('when both are gone', () => {
  let exec: RecordedExec;
  let typedMs: number;
  beforeAll(async () => {
    exec = startRecordedExec(cluster, agents, 'typing');
    await exec.says('before');
    await create(cluster, agentPod(agents.name, 'later', { nodeSelector: { later: 'yes' } }));
    await system(['scale', 'deployment', 'chaperone', '--replicas=0']);
    await system(['wait', '--for=delete', 'pod', '--all', '--timeout=60s']);
    exec.type('unheard');
    typedMs = performance.now();
  });
  afterAll(() => exec?.[Symbol.dispose]());

  test('an agent that runs goes on within its lease', async () => {
    expect(await listPods()).toMatchObject({ code: 0 });
  });

  test('no agent writes a workload then, and everybody else does', async () => {
    const job = (name: string) => ['create', 'job', name, '--image=none', '-n', agents.shop];
    const { stderr } = await agents.kubectl('running', job('agents'));
    expect(stderr).toContain('failed calling webhook "workloads.chaperone.dev"');
    const other = [`--as=system:serviceaccount:${agents.shop}:default`, '--as-group=system:masters'];
    await ok(cluster.kubectl([...job('others'), ...other]));
    const pods = ['get', 'pods', '-l', 'job-name=others', '-n', agents.shop, '-o', 'name'];
    await expect.poll(() => ok(cluster.kubectl(pods)), { timeout: 10_000 }).toContain('pod/');
  });

  test('a sidecar that crashes comes back without them, and believes nothing', async () => {
    const kill = ['--', '/usr/local/bin/node', '-e', 'process.kill(1, "SIGTERM")'];
    await ok(cluster.kubectl(['exec', '-n', agents.name, 'running', '-c', 'chaperone', ...kill]));
    await waitFor({
      what: 'a refusal for want of a lease',
      timeoutMs: SHOWN_WITHIN_MS,
      probe: async () => {
        const argv = ['get', '--raw', `/api/v1/namespaces/${agents.shop}/pods`];
        const { code, stderr } = await agents.kubectl('running', argv);
        return (code !== 0 && stderr.includes('ServiceUnavailable')) || undefined;
      },
    });
  });

  test('an agent that starts does not, and describe says why', async () => {
    await ok(cluster.kubectl(['label', 'node', '--all', 'later=yes']));
    const describe = ['describe', 'pod', 'later', '-n', agents.name];
    const said = await waitFor({
      what: 'describe to say why',
      timeoutMs: SHOWN_WITHIN_MS,
      probe: async () =>
        /chaperone: the pod cannot be enrolled.*/.exec(await ok(cluster.kubectl(describe)))?.[0],
      evidence: () => ok(cluster.kubectl(describe)),
    });
    expect(said).toContain('the controller');
    const reason = 'jsonpath={.status.containerStatuses[0].state.waiting.reason}';
    const started = ['get', 'pod', 'later', '-n', agents.name, '-o', reason];
    expect(await ok(cluster.kubectl(started))).toBe('PodInitializing');
  });

  test('an exec that must be recorded is cut, with what is to be known of it, when nobody has kept what was said in time', async () => {
    const { code, stderr, atMs } = await exec.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^chaperone refuses get pods\/exec "agent" .* its recording can no longer be kept .* is not acknowledged/,
    );
    expect(atMs - typedMs).toBeGreaterThan(KEPT_WITHIN_MS - 1_000);
    expect(atMs - typedMs).toBeLessThan(KEPT_WITHIN_MS + 2_000);
  });

  test('when they are back both agents are served, and the one that crashed has no fresh budget', async () => {
    await system(['scale', 'deployment', 'chaperone', '--replicas=2']);
    const later = ['wait', '--for=condition=Ready', 'pod/later', '-n', agents.name, '--timeout=100s'];
    await ok(cluster.kubectl(later));
    await waitFor({
      what: 'the running agent to be served again',
      timeoutMs: SHOWN_WITHIN_MS,
      probe: async () => (await listPods()).code === 0 || undefined,
    });
    expect(await spendOne()).toContain(SPENT);
  }, 180_000);
});
