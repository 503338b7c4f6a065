// What Helm makes of the chart: wrong values install nothing and are named, right ones render the same every time.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { suiteCluster } from '../cluster/fixture.ts';
import { ok } from '../cluster/pods.ts';
import { kindsThere, removeKinds } from '../demo/kinds.ts';
import { SYSTEM } from '../install.ts';

const cluster = await suiteCluster();
const CHART = 'charts/chaperone';

const setting = (values: readonly string[]) => values.flatMap((value) => ['--set-json', value]);
const template = (...values: string[]) =>
  cluster.helm(['template', 'chaperone', CHART, '--namespace', 'there', ...setting(values)]);

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

async function rendered(...values: string[]): Promise<Rendered[]> {
  const documents = parseAllDocuments(await ok(template(...values)));
  return documents.map((each) => each.toJS() as Rendered | null).filter((each) => each !== null);
}

test.each([
  ['imagee.tag="1"', "at '': additional properties 'imagee'"],
  ['image.tagg="1"', "at '/image': additional properties 'tagg'"],
  ['image.tag=3', "at '/image/tag': got number, want string"],
  ['image.tag="a b"', "at '/image/tag'"],
  ['image.repository=""', "at '/image/repository'"],
  ['image.repository="localhost/chaperone:1"', "at '/image/repository'"],
  [
    'image.pullPolicy="Sometimes"',
    "at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'",
  ],
  ['replicas=0', "at '/replicas': minimum: got 0, want 1"],
  ['replicas=6', "at '/replicas': maximum: got 6, want 5"],
  ['replicas="2"', "at '/replicas': got string, want integer"],
  ['sidecar.resource={}', "at '/sidecar': additional properties 'resource'"],
  ['sidecar.resources.limits.memroy="1Gi"', "at '/sidecar/resources/limits': additional properties 'memroy'"],
  ['sidecar.resources.limits.memory=null', "at '/sidecar/resources/limits': missing property 'memory'"],
  ['sidecar.resources.limits.memory="1024Mi"', "at '/sidecar/resources/limits/memory'"],
  ['sidecar.resources.requests.cpu="0.5"', "at '/sidecar/resources/requests/cpu'"],
  ['recordings.size="1024Mi"', "at '/recordings/size'"],
  ['recordings.size="64Ki"', "at '/recordings/size'"],
  ['recordings.volume={}', "at '/recordings': additional properties 'volume'"],
  ['otlpEndpoint="http://collector:4318"', "at '/otlpEndpoint': 'http://collector:4318' does not match"],
  ['otlpEndpoint="10.96.0.30:4318"', "at '/otlpEndpoint'"],
  ['otlpEndpoint="http://10.96.0.30"', "at '/otlpEndpoint'"],
  ['otlpEndpoint="http://999.999.999.999:4318"', "at '/otlpEndpoint'"],
  ['otlpEndpoint="http://10.96.0.30:65536"', "at '/otlpEndpoint'"],
  ['otlpEndpoint="http://[::30::]:4318"', "at '/otlpEndpoint'"],
  [
    'sidecar.resources.requests.memory="1Gi"',
    'sidecar.resources.requests.memory: 1Gi is more than its limit, 256Mi',
  ],
  [
    'sidecar.resources={"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"2","memory":"1000Mi"}}',
    'sidecar.resources.requests.cpu: 2 is more than its limit, 1',
  ],
])('%s installs nothing, and the field is named', async (value, words) => {
  const { code, stdout, stderr } = await template(value);
  expect(code).not.toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toContain(words);
});

test('goes into no kube-system, where its quota would count the pods of the cluster', async () => {
  const { code, stderr } = await cluster.helm(['template', 'chaperone', CHART, '-n', 'kube-system']);
  expect(code).not.toBe(0);
  expect(stderr).toContain('chaperone is not for kube-system');
});

test('takes everything that may be chosen', async () => {
  const values = [
    'image={"repository":"registry.example:5000/team/chaperone","tag":"0.1.0-rc.1","pullPolicy":"Always"}',
    'replicas=5',
    'sidecar.resources={"limits":{"cpu":"500m","memory":"1Gi"},"requests":{"ephemeral-storage":"64Mi"}}',
    'otlpEndpoint="https://[fd00::30]:65535"',
  ];
  expect(await rendered(...values)).not.toEqual([]);
});

test('lints without a warning, and renders the same twice', async () => {
  expect(await ok(cluster.helm(['lint', '--strict', CHART]))).not.toMatch(/WARNING|ERROR/);
  expect(await ok(template())).toBe(await ok(template()));
});

test('can be a part of a chart that shares values with all its parts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'umbrella-'));
  try {
    await cp(CHART, join(folder, 'charts/chaperone'), { recursive: true });
    await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: umbrella\nversion: 1.0.0\n');
    const argv = [
      'template',
      'u',
      folder,
      '--set-json',
      'global={"region":"eu"}',
      '--set',
      'chaperone.replicas=1',
    ];
    expect(await ok(cluster.helm(argv))).toContain('chaperone.dev/inject');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a lone replica keeps no node from being drained, and more than one are never all evicted', async () => {
  const budgets = async (replicas: number) =>
    (await rendered(`replicas=${replicas}`)).filter(({ kind }) => kind === 'PodDisruptionBudget');
  expect(await budgets(1)).toEqual([]);
  expect(await budgets(2)).toMatchObject([
    { spec: { minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
  ]);
});

test('the notes say the next commands, of this release and this namespace', async () => {
  const notes = await ok(
    cluster.helm(['install', 'guard', CHART, '-n', 'security', '--dry-run=client', '--set', 'replicas=1']),
  );
  for (const command of [
    'kubectl rollout status deployment/chaperone -n security',
    'helm test guard -n security --logs',
    'kubectl label namespace NAMESPACE chaperone.dev/inject=enabled',
    'kubectl apply -n NAMESPACE -f policy.yaml',
  ])
    expect(notes).toContain(`     ${command}\n`);
  expect(notes).toContain('One replica: while it is away no pod starts in a labelled namespace');
});

test('every pod of it passes Pod Security restricted, the one of helm test too', async () => {
  const enforce = ['label', 'namespace', SYSTEM, 'pod-security.kubernetes.io/enforce=restricted'];
  const { code, stderr } = await cluster.kubectl([...enforce, '--dry-run=server']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const check = (await rendered()).find(({ kind }) => kind === 'Pod');
  await ok(cluster.kubectl(['create', 'namespace', 'restricted-check']));
  try {
    await ok(cluster.kubectl([...enforce.with(2, 'restricted-check'), '--overwrite']));
    const input = JSON.stringify({ ...check, metadata: { name: 'check', namespace: 'restricted-check' } });
    const { stderr: said } = await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], { input });
    expect(said).not.toContain('violates PodSecurity');
  } finally {
    await cluster.kubectl(['delete', 'namespace', 'restricted-check', '--wait=false']);
  }
});

test('the demo would take away the kinds of its own release, and no others', async () => {
  const kubectl: typeof cluster.kubectl = (argv, options) =>
    cluster.kubectl(argv[0] === 'delete' ? [...argv, '--dry-run=server'] : argv, options);
  expect([...(await kindsThere(kubectl)).values()]).toEqual([SYSTEM, SYSTEM]);
  expect(await removeKinds(kubectl, 'demo-5f1e0c-chaperone')).toMatchObject({ code: 0, stdout: '' });
  expect((await ok(removeKinds(kubectl, SYSTEM))).match(/ deleted /g)).toHaveLength(2);
});

test('helm test says of each part that it works, and leaves nothing', async () => {
  const said = await ok(cluster.helm(['test', 'chaperone', '-n', SYSTEM, '--logs', '--timeout', '60s']));
  expect(said.match(/^(ok|NO) {2}.*$/gm)).toHaveLength(8);
  expect(said).not.toContain('NO  ');
  const left = [
    'get',
    'pods,roles,rolebindings,clusterroles,clusterrolebindings',
    '-n',
    SYSTEM,
    '-o',
    'name',
  ];
  expect(await ok(cluster.kubectl(left))).not.toContain('chaperone-check');
});
