// The workload guard by the real API server and the real chart: what an agent writes of pods is judged on the final object,
// whoever else writes is not asked about, and where the webhook is not in force nothing is written.
import { afterAll, describe, expect, test } from 'vitest';
import { SETTLED_MS } from '../../controller/guard/settling.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok } from '../cluster/pods.ts';
import { grant, policy } from './controller-fixture.ts';
import { crew } from './pod-fixture.ts';

const cluster = await suiteCluster();
const agents = await crew(cluster, 'guard');
afterAll(() => agents[Symbol.asyncDispose]());
const { name: home, shop } = agents;

const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets', 'replicasets'];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const rule = (apiGroup: string, resources: readonly string[], more: object = {}) => ({
  namespaces: [shop, home],
  apiGroups: [apiGroup],
  resources,
  verbs: VERBS,
  ...more,
});
const KEEP = { verbs: ['create', 'update', 'patch'] };
const asDefault = { podSpec: { serviceAccountNames: ['default', 'puller'] } };
const debug = { resources: ['pods/ephemeralcontainers'], resourceNames: ['running'] };
await ok(
  cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
    input: JSON.stringify(
      policy(home, {
        standing: {
          lifetime: '8h',
          rules: [
            rule('', ['pods', 'configmaps', 'podtemplates', 'replicationcontrollers']),
            rule('', [], { ...debug, verbs: ['get', 'patch'] }),
            rule('apps', [...WORKLOADS, 'deployments/scale']),
            rule('batch', ['jobs', 'cronjobs']),
            rule('', ['pods', 'podtemplates', 'replicationcontrollers'], { ...KEEP, ...asDefault }),
            rule('', [], { ...debug, verbs: ['patch'], ...asDefault }),
            rule('apps', WORKLOADS, { ...KEEP, ...asDefault }),
            rule('batch', ['jobs', 'cronjobs'], { ...KEEP, ...asDefault }),
          ],
        },
        scopes: [
          {
            name: 'read-web-tls',
            maxDuration: '10m',
            rules: [
              {
                namespaces: [shop],
                apiGroups: [''],
                resources: ['secrets'],
                resourceNames: ['web-tls'],
                verbs: ['get'],
                reveal: true,
              },
            ],
          },
          {
            name: 'host',
            maxDuration: '10m',
            rules: [rule('apps', ['deployments'], { ...KEEP, podSpec: { hostNamespaces: ['pid'] } })],
          },
        ],
      }),
    ),
  }),
);
const uid = await agents.start('agent');

/** The agent's kubectl, fed with an object. */
async function agent(args: readonly string[], object?: object) {
  const argv = ['exec', '-i', '-n', home, 'agent', '-c', 'agent', '--', 'kubectl', ...args];
  return cluster.kubectl(argv, { input: object === undefined ? '' : JSON.stringify(object) });
}
const write = (object: object, verb = 'create') => agent([verb, '--validate=ignore', '-f', '-'], object);
const said = async (outcome: ReturnType<typeof agent>) => {
  const { code, stdout, stderr } = await outcome;
  return code === 0 ? `done: ${stdout}` : stderr;
};

const container = {
  name: 'app',
  image: AGENT_IMAGE,
  imagePullPolicy: 'Never',
  args: ['-c', 'sleep infinity'],
};
const plain = { containers: [container], nodeSelector: { nowhere: 'yes' }, terminationGracePeriodSeconds: 0 };
const mounting = { ...plain, volumes: [{ name: 'loot', secret: { secretName: 'web-tls' } }] };
const template = (spec: object, app = 'web') => ({ metadata: { labels: { app } }, spec });
const kinds: Record<string, (name: string, spec: object) => object> = {
  Pod: (name, spec) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: shop }, spec }),
  PodTemplate: (name, spec) => ({
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name, namespace: shop },
    template: template(spec),
  }),
  ReplicationController: (name, spec) => ({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name, namespace: shop },
    spec: { replicas: 0, selector: { app: name }, template: template(spec, name) },
  }),
  Job: (name, spec) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: shop },
    spec: { suspend: true, template: { spec: { restartPolicy: 'Never', ...spec } } },
  }),
  CronJob: (name, spec) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: shop },
    spec: {
      schedule: '0 0 1 1 *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', ...spec } } } },
    },
  }),
};
for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])
  kinds[kind] = (name, spec) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: shop },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas: 0 }),
      selector: { matchLabels: { app: name } },
      template: template(spec, name),
      ...(kind === 'StatefulSet' && { serviceName: name }),
    },
  });
const deployment = (name: string, spec: object) => kinds.Deployment?.(name, spec) ?? {};

/** A dry run, so that it can be asked again. */
const ready = async () => {
  const ask = () =>
    said(agent(['create', '--dry-run=server', '--validate=ignore', '-f', '-'], deployment('ready', plain)));
  await expect.poll(ask, { timeout: 30_000, interval: 250 }).toMatch(/^done/);
};

test('an agent may write workloads once the guard is in force', ready, 40_000);

describe('an object that would mount a Secret', () => {
  test('is refused of every kind, with the field, and is let through without it', async () => {
    for (const [kind, make] of Object.entries(kinds)) {
      const name = kind.toLowerCase();
      expect(await said(write(make(name, mounting))), kind).toMatch(
        /workloads\.chaperone\.dev.* chaperone refuses create .*spec\.volumes\[0\]\.secret\.secretName gives .* Secret .*web-tls/,
      );
      expect(await said(write(make(name, plain))), kind).toMatch(/^done/);
    }
  }, 60_000);

  test.each<[string, () => Promise<string>]>([
    ['a PUT', () => said(write(deployment('deployment', mounting), 'replace'))],
    [
      'an apply',
      () =>
        said(
          agent(
            ['apply', '--server-side', '--force-conflicts', '--validate=ignore', '-f', '-'],
            deployment('deployment', mounting),
          ),
        ),
    ],
    [
      'an apply of what is not there',
      () =>
        said(agent(['apply', '--server-side', '--validate=ignore', '-f', '-'], deployment('new', mounting))),
    ],
    ['a merge patch', () => patch('merge', { spec: { template: { spec: { volumes: mounting.volumes } } } })],
    [
      'a strategic merge patch',
      () => patch('strategic', { spec: { template: { spec: { volumes: mounting.volumes } } } }),
    ],
    [
      'a JSON patch',
      () => patch('json', [{ op: 'add', path: '/spec/template/spec/volumes', value: mounting.volumes }]),
    ],
    [
      'a dry run',
      () =>
        said(
          agent(['create', '--dry-run=server', '--validate=ignore', '-f', '-'], deployment('dry', mounting)),
        ),
    ],
  ])('is refused by %s', async (_, ask) => {
    expect(await ask()).toContain('spec.template.spec.volumes[0].secret.secretName');
  });

  const patch = (type: string, change: object) =>
    said(
      agent([
        'patch',
        'deployment',
        'deployment',
        '-n',
        shop,
        `--type=${type}`,
        '-p',
        JSON.stringify(change),
      ]),
    );
});

test('what others gave a Deployment may be scaled and restarted, and not be changed', async () => {
  await create(cluster, deployment('theirs', mounting));
  const there = ['-n', shop];
  expect(await said(agent(['scale', 'deployment', 'theirs', '--replicas=1', ...there]))).toMatch(/^done/);
  expect(await said(agent(['rollout', 'restart', 'deployment', 'theirs', ...there]))).toMatch(/^done/);
  expect(await said(agent(['label', 'deployment', 'theirs', 'seen=yes', ...there]))).toMatch(/^done/);
  const image = ['set', 'image', 'deployment/theirs', `app=${AGENT_IMAGE}:other`, ...there];
  expect(await said(agent(image))).toContain('spec.template.spec.volumes[0].secret.secretName');
});

test('an older template is put back by sending it, and not by an annotation', async () => {
  const there = ['-n', shop];
  await create(cluster, deployment('rolled', mounting));
  const sets = ['get', 'replicasets', '-l', 'app=rolled', ...there, '-o', 'name'];
  const made = async () => (await ok(cluster.kubectl(sets))).split('\n').filter(Boolean).length;
  await expect.poll(made, { timeout: 10_000 }).toBe(1);
  await ok(cluster.kubectl(['replace', '-f', '-'], { input: JSON.stringify(deployment('rolled', plain)) }));
  await expect.poll(made, { timeout: 10_000 }).toBe(2);
  const annotate = ['annotate', 'deployment', 'rolled', 'deprecated.deployment.rollback.to=1', ...there];
  expect(await said(agent(annotate))).toContain('puts an older template in place of this one');
  const undo = ['rollout', 'undo', 'deployment', 'rolled', ...there];
  expect(await said(agent(undo))).toContain('spec.template.spec.volumes[0].secret.secretName');
});

test('an ephemeral container is judged with its pod', async () => {
  const running = { ...plain, volumes: mounting.volumes };
  await create(cluster, kinds.Pod?.('running', running) ?? {});
  const change = { spec: { ephemeralContainers: [{ name: 'debug', image: AGENT_IMAGE }] } };
  const args = ['patch', 'pod', 'running', '-n', shop, '--subresource=ephemeralcontainers'];
  const outcome = await said(agent([...args, '-p', JSON.stringify(change)]));
  expect(outcome).toContain('spec.volumes[0].secret.secretName');
});

test('what admission adds is judged too: the pull Secret of a ServiceAccount', async () => {
  const name = { name: 'puller', namespace: shop };
  await create(cluster, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: name,
    imagePullSecrets: [{ name: 'web-tls' }],
  });
  const pod = kinds.Pod?.('pulling', { ...plain, serviceAccountName: 'puller' }) ?? {};
  expect(JSON.stringify(pod)).not.toContain('web-tls');
  expect(await said(write(pod))).toContain('spec.imagePullSecrets[0].name');
});

test('what another mutating admission makes of it is judged too', async () => {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: `loot-${shop}` };
  const pods = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] };
  const volume = `Object.spec.volumes{name: 'loot', secret: Object.spec.volumes.secret{secretName: 'web-tls'}}`;
  const reference = `Object.spec.containers.env.valueFrom.secretKeyRef{name: 'web-tls', key: 'tls.key'}`;
  const valueFrom = `Object.spec.containers.env.valueFrom{secretKeyRef: ${reference}}`;
  const env = `Object.spec.containers.env{name: 'LOOT', valueFrom: ${valueFrom}}`;
  const add = (path: string, value: string) => `JSONPatch{op: 'add', path: '${path}', value: ${value}}`;
  const expression = `[${add('/spec/volumes/-', volume)}, ${add('/spec/containers/0/env/-', env)}]`;
  const matchConstraints = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': shop } },
    objectSelector: { matchLabels: { gets: 'loot' } },
    resourceRules: [pods],
  };
  const mutations = [{ patchType: 'JSONPatch', jsonPatch: { expression } }];
  const spec = { failurePolicy: 'Fail', reinvocationPolicy: 'Never', matchConstraints, mutations };
  const binding = { metadata, spec: { policyName: metadata.name } };
  await create(
    cluster,
    { apiVersion, kind: 'MutatingAdmissionPolicy', metadata, spec },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', ...binding },
  );
  const labelled = { metadata: { name: 'looting', namespace: shop, labels: { gets: 'loot' } } };
  const harmless = { ...plain, containers: [{ ...container, env: [{ name: 'TASK', value: 'web' }] }] };
  const pod = { ...kinds.Pod?.('looting', harmless), ...labelled };
  expect(JSON.stringify(pod)).not.toContain('web-tls');
  // Until the API server has taken the mutation up, the pod is as harmless as it looks.
  const ask = () => said(agent(['create', '--dry-run=server', '-f', '-'], pod));
  await expect.poll(ask, { timeout: 20_000 }).toMatch(/spec\.volumes\[\d\]\.secret\.secretName/);
  const outcome = await said(write(pod));
  expect(outcome).toMatch(/spec\.volumes\[\d\]\.secret\.secretName/);
  expect(outcome).toContain('spec.containers[0].env[1].valueFrom.secretKeyRef');
}, 40_000);

test('an agent may have pods of its own: they are governed as it is', async () => {
  const own = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'own', namespace: home },
    spec: { ...plain, serviceAccountName: 'triage-bot' },
  };
  expect(await said(write(own))).toMatch(/^done/);
  const names = ['get', 'pod', 'own', '-n', home, '-o', 'jsonpath={.spec.initContainers[*].name}'];
  expect(await ok(cluster.kubectl(names))).toBe('chaperone');
});

test('all that is wrong is said at once, and what rules permit it', async () => {
  const spec = {
    ...mounting,
    serviceAccountName: 'builder',
    hostPID: true,
    containers: [{ ...container, securityContext: { privileged: true } }],
  };
  const outcome = await said(write(deployment('bad', spec)));
  for (const words of [
    'spec.template.spec.serviceAccountName',
    `AgentPolicy ${home}/triage for podSpec.serviceAccountNames [builder]`,
    'podSpec.secrets [web-tls]',
    'podSpec.hostNamespaces [pid]',
    'podSpec.privileged true',
  ])
    expect(outcome).toContain(words);
});

test('a Grant permits what its scope names, to its pod alone; so does one that reveals the Secret', async () => {
  const hostPid = deployment('granted', { ...plain, hostPID: true });
  expect(await said(write(hostPid))).toContain('spec.template.spec.hostPID');
  await create(cluster, grant(home, { name: 'agent', uid }, { scope: 'host' }, 'host'));
  await create(cluster, grant(home, { name: 'agent', uid }, {}, 'reveal'));
  await create(cluster, grant(home, { name: 'agent', uid: `${uid}-other` }, {}, 'others'));
  await expect.poll(() => said(write(hostPid)), { timeout: 10_000 }).toMatch(/^done/);
  await expect.poll(() => said(write(deployment('read', mounting))), { timeout: 10_000 }).toMatch(/^done/);
  await ok(cluster.kubectl(['delete', 'grant', 'host', 'reveal', '-n', home]));
  await expect
    .poll(() => said(write(deployment('late', mounting))), { timeout: 10_000 })
    .toContain('secretName');
});

describe('the configuration', () => {
  const NAME = 'chaperone-workloads';
  const get = async () =>
    JSON.parse(await ok(cluster.kubectl(['get', 'validatingwebhookconfiguration', NAME, '-o', 'json'])));
  const calls = async () => {
    const metrics = await ok(cluster.kubectl(['get', '--raw', '/metrics']));
    const lines = metrics
      .split('\n')
      .filter((line) =>
        /^apiserver_admission_webhook_request_total\{.*"workloads\.chaperone\.dev"/.test(line),
      );
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  test("names the namespaces with policies; the controllers' and a person's writes are not asked about", async () => {
    const [{ matchConditions, failurePolicy }] = (await get()).webhooks;
    expect(matchConditions[0].expression).toContain(`'${home}'`);
    expect(failurePolicy).toBe('Fail');
    // Agents of other files may write meanwhile: of some attempts one is undisturbed.
    let attempts = 0;
    const asked = async () => {
      const name = `unseen-${++attempts}`;
      const before = await calls();
      await create(cluster, deployment(name, plain));
      await ok(cluster.kubectl(['scale', 'deployment', name, '--replicas=1', '-n', shop]));
      const pods = ['get', 'pods', '-l', `app=${name}`, '-n', shop, '-o', 'name'];
      await expect.poll(() => ok(cluster.kubectl(pods))).toContain('pod/');
      return (await calls()) - before;
    };
    await expect.poll(asked, { timeout: 20_000 }).toBe(0);
    const before = await calls();
    await write(deployment('seen', plain));
    expect(await calls()).toBeGreaterThan(before);
  }, 40_000);

  test('is filled again when it comes back empty, and until it has been in force nothing is written', async () => {
    const { metadata, ...object } = await get();
    const { name, labels, annotations } = metadata;
    await ok(cluster.kubectl(['delete', 'validatingwebhookconfiguration', NAME]));
    const between = () => said(write(deployment('between', plain)));
    await expect.poll(between, { timeout: 5_000 }).toContain('may not yet ask the workload guard');
    const empty = { ...object, metadata: { name, labels, annotations }, webhooks: [] };
    const backMs = performance.now();
    await create(cluster, empty);
    await ready();
    expect(performance.now() - backMs).toBeGreaterThan(SETTLED_MS);
    expect((await get()).webhooks).toMatchObject([{ name: 'workloads.chaperone.dev' }]);
  }, 40_000);
});
