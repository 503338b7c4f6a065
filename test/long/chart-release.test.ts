// The life of an installation on a real cluster of its own, with the demo as a guest in it: what each leaves, and that neither
// touches what is not its own.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok, pod } from '../cluster/pods.ts';
import { type GivenCluster, givenCluster } from '../e2e/demo-given-cluster.ts';
import { SYSTEM } from '../install.ts';

let given: GivenCluster;
beforeAll(async () => {
  given = await givenCluster();
}, 120_000);
afterAll(() => given?.cluster.stop());

const kubectl = (...args: string[]) => given.kubectl(...args);
const helm = (...args: string[]) => ok(given.cluster.helm([...args, '-n', SYSTEM]));

test('an image that no node has is one line, and nothing is left', async () => {
  const before = await given.everything();
  const { code, stderr } = await given.play('--image', 'localhost/nothing:1').ended;
  expect(stderr).toMatch(
    /^demo-\w+-chaperone: pod chaperone-\S+: (ErrImage|ImagePull).*Way out: name an image/m,
  );
  expect(code).toBe(69);
  expect(await given.everything()).toBe(before);
}, 120_000);

test('a demo uses the chaperone that it finds, and interrupted leaves it as it was', async () => {
  await kubectl('create', 'namespace', SYSTEM);
  await kubectl('label', 'namespace', SYSTEM, 'pod-security.kubernetes.io/enforce=restricted');
  const values = ['--set', 'image.tag=test', '--set', 'image.pullPolicy=Never', '--set', 'replicas=1'];
  await helm('install', 'chaperone', 'charts/chaperone', '--wait', '--timeout', '60s', ...values);
  const before = await given.everything();
  const demo = given.play();
  await demo.says(/creating the shop and its agents/);
  await expect.poll(() => given.everything(), { timeout: 20_000 }).toMatch(/demo-\w+-agents/);
  demo.interrupt();
  expect((await demo.ended).code).toBe(130);
  expect(await given.everything()).toBe(before);
}, 120_000);

test('upgrades, goes back, and helm test says what is wrong where something is', async () => {
  const replicas = () =>
    kubectl('get', 'deployment', 'chaperone', '-n', SYSTEM, '-o', 'jsonpath={.spec.replicas}');
  const more = ['--reset-then-reuse-values', '--set', 'replicas=2'];
  await helm('upgrade', 'chaperone', 'charts/chaperone', '--wait', '--timeout', '60s', ...more);
  expect(await replicas()).toBe('2');
  expect(await kubectl('get', 'poddisruptionbudget', '-n', SYSTEM, '-o', 'name')).toContain('chaperone');
  await kubectl('delete', 'validatingadmissionpolicybinding', 'chaperone-sentinel');
  const argv = ['test', 'chaperone', '-n', SYSTEM, '--logs', '--timeout', '60s'];
  const { code, stdout } = await given.cluster.helm(argv);
  expect(code).not.toBe(0);
  expect(stdout.match(/^NO {2}.*$/gm)).toEqual([
    expect.stringContaining('all static policies stand, and each is bound to deny: chaperone-sentinel: 404'),
    expect.stringContaining('the API server refuses by itself to store a sentinel'),
  ]);
  await helm('rollback', 'chaperone', '1', '--wait', '--timeout', '60s');
  expect(await replicas()).toBe('1');
  expect(await helm(...argv.slice(0, 2), '--logs', '--timeout', '60s')).not.toContain('NO  ');
}, 120_000);

test('uninstalled, it leaves the kinds and what stands in them, and namespaces that are used as any other', async () => {
  await kubectl('create', 'namespace', 'agents');
  await kubectl('label', 'namespace', 'agents', 'chaperone.dev/inject=enabled');
  const policy = { agents: { serviceAccounts: ['triage-bot'] } };
  const metadata = { name: 'triage', namespace: 'agents' };
  await expect
    .poll(() =>
      given.cluster
        .kubectl(['create', '-f', '-'], {
          input: JSON.stringify({
            apiVersion: 'chaperone.dev/v1alpha1',
            kind: 'AgentPolicy',
            metadata,
            spec: policy,
          }),
        })
        .then(({ stderr }) => stderr),
    )
    .toMatch(/^$|AlreadyExists/);
  await create(
    given.cluster,
    pod('agents', 'injected', { image: AGENT_IMAGE, args: ['-c', 'sleep infinity'] }),
  );
  await helm('uninstall', 'chaperone', '--wait', '--timeout', '60s');
  expect(await kubectl('get', 'agentpolicies', '-A', '-o', 'name')).toContain(
    'agentpolicy.chaperone.dev/triage',
  );
  expect(await given.everything()).not.toMatch(
    /(webhookconfiguration|admissionpolic\w+|clusterrole\w*)[./\w]*\/chaperone/,
  );
  await create(given.cluster, pod('agents', 'plain', { image: AGENT_IMAGE, args: ['-c', 'sleep infinity'] }));
  const containers = 'jsonpath={.spec.initContainers[*].name}';
  expect(await kubectl('get', 'pod', 'injected', '-n', 'agents', '-o', containers)).toBe('chaperone');
  expect(await kubectl('get', 'pod', 'plain', '-n', 'agents', '-o', containers)).toBe('');
  await kubectl('delete', 'pod', 'injected', '-n', 'agents', '--timeout=20s');
}, 120_000);
