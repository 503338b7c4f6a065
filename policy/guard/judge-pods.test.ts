// Every way by which pods could be given a Secret, a credential or the node, each in one place of an object that is fine
// without it; and what a rule names, and nothing beside it, is let through.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { judgePods } from './judge-pods.ts';
import type { Permitted } from './permitted.ts';
import { WORKLOADS } from './workload-kinds.ts';

const none = new Set<string>();
const permitted = (some: Partial<Permitted> = {}, ...secrets: string[]): Permitted => ({
  mayUse: (secret) => secrets.includes(secret),
  serviceAccountNames: new Set(['web']),
  hostPaths: none,
  hostNamespaces: none,
  privileged: false,
  capabilities: none,
  tokenAudiences: none,
  csiDrivers: none,
  ownServiceAccount: 'bot',
  ...some,
});
const NOTHING = permitted();

const container = (more: object = {}) => ({ name: 'app', image: 'app', ...more });
const spec = (more: object = {}, inContainer: object = {}) => ({
  serviceAccountName: 'web',
  automountServiceAccountToken: true,
  containers: [container(inContainer)],
  ...more,
});
const volume = (source: object) =>
  spec({
    volumes: [
      { name: 'fine', emptyDir: {} },
      { name: 'v', ...source },
    ],
  });
const projected = (source: object) =>
  volume({ projected: { sources: [{ configMap: { name: 'a' } }, source] } });
const secured = (context: object) => spec({}, { securityContext: context });

const deployment = (podSpec: object, metadata: object = {}) => ({
  metadata: { name: 'web' },
  spec: { replicas: 1, template: { metadata, spec: podSpec } },
});
const judge = (podSpec: object, may: Permitted = NOTHING): Finding[] =>
  judgePods(
    { apiGroup: 'apps', resource: 'deployments', object: deployment(podSpec), oldObject: undefined },
    may,
  );
const AT = 'spec.template.spec';

/** What, the pod's spec, code, field below the spec, name, and what permits it. */
const ways: readonly [
  string,
  object,
  Finding['code'],
  string,
  (string | undefined)?,
  (Permitted | undefined)?,
][] = [
  // Secrets
  [
    'a Secret volume',
    volume({ secret: { secretName: 's' } }),
    'PodSecret',
    'volumes[1].secret.secretName',
    's',
  ],
  [
    'a projected Secret',
    projected({ secret: { name: 's' } }),
    'PodSecret',
    'volumes[1].projected.sources[1].secret.name',
    's',
  ],
  [
    'env',
    spec({}, { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }),
    'PodSecret',
    'containers[0].env[0].valueFrom.secretKeyRef.name',
    's',
  ],
  [
    'envFrom',
    spec({}, { envFrom: [{ secretRef: { name: 's' } }] }),
    'PodSecret',
    'containers[0].envFrom[0].secretRef.name',
    's',
  ],
  [
    'a pull Secret',
    spec({ imagePullSecrets: [{ name: 's' }] }),
    'PodSecret',
    'imagePullSecrets[0].name',
    's',
  ],
  [
    'azureFile',
    volume({ azureFile: { secretName: 's', shareName: 'x' } }),
    'PodSecret',
    'volumes[1].azureFile.secretName',
    's',
  ],
  ...['cephfs', 'cinder', 'iscsi', 'rbd', 'scaleIO', 'storageos'].map((kind): (typeof ways)[number] => [
    kind,
    volume({ [kind]: { secretRef: { name: 's' } } }),
    'PodSecret',
    `volumes[1].${kind}.secretRef.name`,
    's',
  ]),
  [
    'an init container',
    { ...spec(), initContainers: [container({ envFrom: [{ secretRef: { name: 's' } }] })] },
    'PodSecret',
    'initContainers[0].envFrom[0].secretRef.name',
    's',
  ],
  [
    'an ephemeral container',
    { ...spec(), ephemeralContainers: [container({ envFrom: [{ secretRef: { name: 's' } }] })] },
    'PodSecret',
    'ephemeralContainers[0].envFrom[0].secretRef.name',
    's',
  ],
  // Credentials
  [
    'a token of another audience',
    projected({ serviceAccountToken: { audience: 'vault', path: 't' } }),
    'PodToken',
    'volumes[1].projected.sources[1].serviceAccountToken.audience',
    'vault',
    permitted({ tokenAudiences: new Set(['vault']) }),
  ],
  [
    'an inline CSI volume',
    volume({ csi: { driver: 'd.example' } }),
    'PodCsiDriver',
    'volumes[1].csi.driver',
    'd.example',
    permitted({ csiDrivers: new Set(['d.example']) }),
  ],
  [
    'podCertificate',
    projected({ podCertificate: { signerName: 'x/y' } }),
    'PodCredential',
    'volumes[1].projected.sources[1].podCertificate',
  ],
  [
    'gMSA',
    secured({ windowsOptions: { gmsaCredentialSpecName: 'x' } }),
    'PodCredential',
    'containers[0].securityContext.windowsOptions.gmsaCredentialSpecName',
  ],
  [
    'another ServiceAccount',
    spec({ serviceAccountName: 'other' }),
    'PodServiceAccount',
    'serviceAccountName',
    'other',
    permitted({ serviceAccountNames: new Set(['other']) }),
  ],
  [
    'the default ServiceAccount',
    spec({ serviceAccountName: undefined }),
    'PodServiceAccount',
    'serviceAccountName',
    'default',
    permitted({ serviceAccountNames: new Set(['default']) }),
  ],
  [
    'it by the deprecated field',
    spec({ serviceAccountName: '', serviceAccount: 'other' }),
    'PodServiceAccount',
    'serviceAccountName',
    'other',
    permitted({ serviceAccountNames: new Set(['other']) }),
  ],
  // The node
  [
    'hostPath',
    volume({ hostPath: { path: '/var/log' } }),
    'PodHostPath',
    'volumes[1].hostPath.path',
    '/var/log',
    permitted({ hostPaths: new Set(['/var/log']) }),
  ],
  [
    'hostNetwork',
    spec({ hostNetwork: true }),
    'PodHostNamespace',
    'hostNetwork',
    'network',
    permitted({ hostNamespaces: new Set(['network']) }),
  ],
  [
    'hostPID',
    spec({ hostPID: true }),
    'PodHostNamespace',
    'hostPID',
    'pid',
    permitted({ hostNamespaces: new Set(['pid']) }),
  ],
  [
    'hostIPC',
    spec({ hostIPC: true }),
    'PodHostNamespace',
    'hostIPC',
    'ipc',
    permitted({ hostNamespaces: new Set(['ipc']) }),
  ],
  [
    'hostPort',
    spec({}, { ports: [{ containerPort: 1 }, { containerPort: 2, hostPort: 2 }] }),
    'PodHostNamespace',
    'containers[0].ports[1].hostPort',
    'network',
    permitted({ hostNamespaces: new Set(['network']) }),
  ],
  [
    'privileged',
    secured({ privileged: true }),
    'PodPrivileged',
    'containers[0].securityContext.privileged',
    '',
    permitted({ privileged: true }),
  ],
  [
    'a capability',
    secured({ capabilities: { add: ['CHOWN', 'NET_ADMIN'] } }),
    'PodCapability',
    'containers[0].securityContext.capabilities.add[1]',
    'NET_ADMIN',
    permitted({ capabilities: new Set(['NET_ADMIN']) }),
  ],
  [
    'ALL',
    secured({ capabilities: { add: ['ALL'] } }),
    'PodCapability',
    'containers[0].securityContext.capabilities.add[0]',
    'ALL',
    permitted({ capabilities: new Set(['ALL']) }),
  ],
  ['procMount', secured({ procMount: 'Unmasked' }), 'PodUnsafe', 'containers[0].securityContext.procMount'],
  [
    'hostProcess',
    spec({ securityContext: { windowsOptions: { hostProcess: true } } }),
    'PodUnsafe',
    'securityContext.windowsOptions.hostProcess',
  ],
  [
    'a sysctl',
    spec({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
    'PodUnsafe',
    'securityContext.sysctls[0]',
  ],
  [
    'no seccomp',
    secured({ seccompProfile: { type: 'Unconfined' } }),
    'PodUnsafe',
    'containers[0].securityContext.seccompProfile.type',
  ],
  [
    'no AppArmor',
    spec({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }),
    'PodUnsafe',
    'securityContext.appArmorProfile.type',
  ],
  [
    'an SELinux type',
    secured({ seLinuxOptions: { type: 'spc_t' } }),
    'PodUnsafe',
    'containers[0].securityContext.seLinuxOptions.type',
  ],
  [
    'an SELinux user',
    secured({ seLinuxOptions: { user: 'u' } }),
    'PodUnsafe',
    'containers[0].securityContext.seLinuxOptions.user',
  ],
  [
    "a probe of the node's",
    spec({}, { livenessProbe: { httpGet: { host: '169.254.169.254', port: 80 } } }),
    'PodUnsafe',
    'containers[0].livenessProbe.httpGet.host',
  ],
  [
    "a hook of the node's",
    spec({}, { lifecycle: { preStop: { tcpSocket: { host: '10.0.0.1', port: 80 } } } }),
    'PodUnsafe',
    'containers[0].lifecycle.preStop.tcpSocket.host',
  ],
  // The cluster's own
  ['a machine past the scheduler', spec({ nodeName: 'control-plane' }), 'PodPlacement', 'nodeName'],
  [
    "the priority of the cluster's own pods",
    spec({ priorityClassName: 'system-node-critical' }),
    'PodPlacement',
    'priorityClassName',
  ],
  [
    'devices of the machine',
    spec({ resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] }),
    'PodPlacement',
    'resourceClaims',
  ],
  // What is not known
  ['flexVolume', volume({ flexVolume: { driver: 'x/y' } }), 'PodUnknown', 'volumes[1].flexVolume'],
  ['gitRepo', volume({ gitRepo: { repository: 'x' } }), 'PodUnknown', 'volumes[1].gitRepo'],
  [
    'a disk of the cloud',
    volume({ awsElasticBlockStore: { volumeID: 'x' } }),
    'PodUnknown',
    'volumes[1].awsElasticBlockStore',
  ],
  ["the node's own key ring", volume({ rbd: { image: 'x' } }), 'PodUnknown', 'volumes[1].rbd'],
  ['a kind of volume of tomorrow', volume({ vault: {} }), 'PodUnknown', 'volumes[1].vault'],
  [
    'a projection of tomorrow',
    projected({ vault: { name: 's' } }),
    'PodUnknown',
    'volumes[1].projected.sources[1].vault',
  ],
  [
    'a variable of tomorrow',
    spec({}, { env: [{ name: 'A', valueFrom: { vaultRef: {} } }] }),
    'PodUnknown',
    'containers[0].env[0].valueFrom.vaultRef',
  ],
  [
    'variables of tomorrow',
    spec({}, { envFrom: [{ vaultRef: {} }] }),
    'PodUnknown',
    'containers[0].envFrom[0].vaultRef',
  ],
  [
    'a Secret at a place of tomorrow',
    spec({ signing: { keySecretRef: { name: 's' } } }),
    'PodSecret',
    'signing.keySecretRef.name',
    's',
  ],
  [
    'a Secret of another namespace',
    spec({ signing: { secretRef: { name: 's', namespace: 'x' } } }),
    'PodSecret',
    'signing.secretRef.name',
    's',
    undefined,
  ],
  [
    'a credential at a place of tomorrow',
    spec({ identityToken: { for: 'x' } }),
    'PodCredential',
    'identityToken',
  ],
  ['a container that is none', spec({ containers: [null] }), 'PodUnread', 'containers[0]'],
];

describe.each(ways)('%s', (_, podSpec, code, field, name = '', may) => {
  test('is found where it stands', () => {
    expect(judge(podSpec)).toContainEqual({ code, field: `${AT}.${field}`, name });
  });

  if (may !== undefined || (code === 'PodSecret' && !field.startsWith('signing.secretRef')))
    test('is let through where a rule names it', () => {
      expect(judge(podSpec, may ?? permitted({}, 's'))).toEqual([]);
    });
});

test('what is fine is let through, of every kind', () => {
  const fine = spec(
    {
      nodeSelector: { 'example.com/secret': 'x' },
      nodeName: '',
      priorityClassName: 'batch-system-low',
      resourceClaims: [],
      volumes: [
        { name: 'a', configMap: { name: 'a' } },
        { name: 'b', persistentVolumeClaim: { claimName: 'b' } },
        { name: 'c', projected: { sources: [{ downwardAPI: {} }, { clusterTrustBundle: { path: 'x' } }] } },
        {
          name: 'd',
          ephemeral: { volumeClaimTemplate: { metadata: { labels: { secret: 'x' } }, spec: {} } },
        },
        { name: 'kube-api-access', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      ],
      securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }], runAsUser: 0 },
    },
    {
      env: [
        { name: 'SECRET_TOKEN', value: 'x' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'x' } } },
      ],
      envFrom: [{ prefix: 'A', configMapRef: { name: 'a' } }],
      securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] }, procMount: 'Default' },
      livenessProbe: { httpGet: { path: '/', port: 80 } },
    },
  );
  for (const { apiGroup, resource, path } of WORKLOADS) {
    const object = path.reduceRight<object>((inner, field) => ({ [field]: inner }), {
      metadata: {},
      spec: fine,
    });
    expect(judgePods({ apiGroup, resource, object, oldObject: undefined }, NOTHING), resource).toEqual([]);
  }
});

test('in every kind the field is named from the top of the object', () => {
  for (const { apiGroup, resource, path } of WORKLOADS) {
    const object = path.reduceRight<object>((inner, field) => ({ [field]: inner }), {
      spec: spec({ hostPID: true }),
    });
    const [found] = judgePods({ apiGroup, resource, object, oldObject: undefined }, NOTHING);
    expect(found?.field).toBe([...path, 'spec', 'hostPID'].join('.'));
  }
});

test("the agent's own ServiceAccount is its own, and its token is the sidecar's", () => {
  const own = {
    ...volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
    serviceAccountName: 'bot',
  };
  const at = `${AT}.volumes[1].projected.sources[0].serviceAccountToken`;
  for (const may of [NOTHING, permitted({ serviceAccountNames: new Set(['bot']) })])
    expect(judge(own, may)).toEqual([{ code: 'PodCredential', field: at, name: '' }]);
});

const sidecarToken = (audience: object = {}) => ({
  projected: {
    defaultMode: 420,
    sources: [{ serviceAccountToken: { ...audience, expirationSeconds: 3600, path: 'token' } }],
  },
});

test("a sidecar's tokens are let be in a pod, and nothing else that has their name", () => {
  const pod = (...volumes: object[]) => ({ spec: { ...spec({ volumes }), serviceAccountName: 'bot' } });
  const judged = (object: object) =>
    judgePods({ apiGroup: '', resource: 'pods', object, oldObject: undefined }, NOTHING).map(
      ({ code }) => code,
    );
  const credential = { name: 'chaperone-credential', ...sidecarToken() };
  const attestation = { name: 'chaperone-attestation', ...sidecarToken({ audience: 'chaperone' }) };
  expect(judged(pod(credential, attestation))).toEqual([]);
  expect(judged(pod({ name: 'chaperone-credential', hostPath: { path: '/' } }))).toEqual(['PodHostPath']);
  expect(judged(pod({ name: 'mine', ...sidecarToken() }))).toEqual(['PodCredential']);
  expect(judge(spec({ serviceAccountName: 'bot', volumes: [credential] })).map(({ code }) => code)).toEqual([
    'PodCredential',
  ]);
});

describe('what is there already', () => {
  const mounting = volume({ secret: { secretName: 's' } });
  const judged = (object: object, oldObject: object) =>
    judgePods({ apiGroup: 'apps', resource: 'deployments', object, oldObject }, NOTHING).map(
      ({ name }) => name,
    );
  const before = deployment(mounting);

  test.each<[string, object]>([
    ['scaled', { ...before, spec: { ...before.spec, replicas: 5 } }],
    ['labelled', { ...before, metadata: { name: 'web', labels: { a: 'b' } } }],
    ['restarted', deployment(mounting, { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } })],
    [
      'sent with its fields in another order',
      deployment(Object.fromEntries(Object.entries(mounting).reverse())),
    ],
  ])('may be %s', (_, object) => {
    expect(judged(object, before)).toEqual([]);
  });

  test.each<[string, object]>([
    [
      'a changed image under a mounted Secret',
      deployment({ ...mounting, containers: [container({ image: 'thief' })] }),
    ],
    [
      'another annotation of its pods',
      deployment(mounting, { annotations: { 'inject.example/secret': 's' } }),
    ],
    ['another label of its pods', deployment(mounting, { labels: { a: 'b' } })],
  ])('is judged whole with %s', (_, object) => {
    expect(judged(object, before)).toEqual(['s']);
  });

  test('of a pod, a new ephemeral container judges all of it, and a label nothing', () => {
    const pod = { metadata: {}, spec: mounting };
    const debugged = { metadata: {}, spec: { ...mounting, ephemeralContainers: [container()] } };
    const written = (resource: string, object: object) =>
      judgePods({ apiGroup: '', resource, object, oldObject: pod }, NOTHING).map(({ name }) => name);
    expect(written('pods/ephemeralcontainers', debugged)).toEqual(['s']);
    expect(written('pods', { ...pod, metadata: { labels: { a: 'b' } } })).toEqual([]);
  });

  test('of a pod that runs, its machine and its devices were not chosen by who debugs it', () => {
    const running = spec({ nodeName: 'node-1', priorityClassName: 'system-x', resourceClaims: [{}] });
    const [pod, debugged] = [running, { ...running, ephemeralContainers: [container()] }].map((each) => ({
      spec: each,
    }));
    const judged = (oldObject: unknown) =>
      judgePods({ apiGroup: '', resource: 'pods', object: debugged, oldObject }, NOTHING).length;
    expect([judged(pod), judged(undefined)]).toEqual([0, 3]);
  });

  test('is not left alone where only what has controllers change it is new', () => {
    const rolled = {
      ...before,
      metadata: { name: 'web', annotations: { 'deprecated.deployment.rollback.to': '3' } },
    };
    const found = (object: object, oldObject?: object) =>
      judgePods({ apiGroup: 'apps', resource: 'deployments', object, oldObject }, permitted({}, 's')).map(
        ({ code }) => code,
      );
    expect([found(rolled, before), found(rolled), found(rolled, rolled)]).toEqual([
      ['PodRollback'],
      ['PodRollback'],
      [],
    ]);
  });
});

test.each([undefined, null, 'x', {}, { spec: {} }, { spec: { template: { spec: [] } } }])(
  '%j is not read',
  (object) => {
    const found = judgePods(
      { apiGroup: 'apps', resource: 'deployments', object, oldObject: undefined },
      NOTHING,
    );
    expect(found.map(({ code }) => code)).toEqual(['PodUnread']);
  },
);

test('a Secret of another namespace is not the one that a rule names', () => {
  const reference = spec({ signing: { secretRef: { name: 's', namespace: 'x' } } });
  expect(judge(reference, permitted({}, 's')).map(({ code }) => code)).toEqual(['PodSecret']);
});

test.each(['initContainers', 'containers', 'ephemeralContainers'])('of %s each is judged', (list) => {
  const privileged = container({ securityContext: { privileged: true }, envFrom: [{ vaultRef: {} }] });
  const fields = judge({ ...spec(), [list]: [container(), privileged] }).map(({ field }) => field);
  expect(fields).toEqual([
    `${AT}.${list}[1].envFrom[0].vaultRef`,
    `${AT}.${list}[1].securityContext.privileged`,
  ]);
});

test('AppArmor is not turned off by an annotation either', () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/app';
  const judged = (value: string) => {
    const object = deployment(spec(), { annotations: { [key]: value, other: 'unconfined' } });
    return judgePods({ apiGroup: 'apps', resource: 'deployments', object, oldObject: undefined }, NOTHING);
  };
  const field = `spec.template.metadata.annotations[${key}]`;
  expect(judged('unconfined')).toEqual([{ code: 'PodUnsafe', field, name: '' }]);
  for (const fine of ['runtime/default', 'localhost/profile']) expect(judged(fine)).toEqual([]);
});

test('a kind that carries no pods, and what is too deep to be looked through, are not let through', () => {
  const other = judgePods(
    { apiGroup: 'x', resource: 'ys', object: deployment(spec()), oldObject: undefined },
    NOTHING,
  );
  expect(other.map(({ code }) => code)).toEqual(['PodUnread']);
  let deep: object = { secretName: 's' };
  for (let at = 0; at < 10_000; at += 1) deep = { deep };
  expect(judge(spec({ deep })).map(({ code }) => code)).toEqual(['PodUnread']);
});

test('no place in the pods, whatever it is called, takes a Secret that is not permitted', () => {
  const reference = fc.constantFrom<object>(
    { secretName: 's' },
    { secretRef: { name: 's' } },
    { secretKeyRef: { name: 's', key: 'k' } },
    { nodePublishSecretRef: { name: 's' } },
    { imagePullSecrets: [{ name: 'fine' }, { name: 's' }] },
    { secret: { secretName: 's' } },
  );
  const path = fc.array(
    fc
      .stringMatching(/^[a-z][A-Za-z]{0,8}$/)
      .filter((word) => !/annotations|labels|limits|requests|options|overhead/.test(word)),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(reference, path, (found, fields) => {
      const placed = fields.reduceRight<object>((inner, field) => ({ [field]: inner }), found);
      const judged = judge({ ...spec(), ...placed }, permitted({}, 'fine'));
      expect(judged).not.toEqual([]);
    }),
  );
});

test('nothing that a client sends throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (podSpec, oldObject) => {
      const object = { spec: { template: { spec: podSpec } } };
      judgePods({ apiGroup: 'apps', resource: 'deployments', object, oldObject }, NOTHING);
      judge({ ...spec(), volumes: podSpec, containers: [podSpec, { env: podSpec, ports: podSpec }] });
    }),
  );
});
