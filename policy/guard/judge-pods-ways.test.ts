// Every way by which pods could be given a Secret, a credential or the node, each in one place of an object that is fine
// without it; and what a rule names is let through.
import { describe, expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { AT, container, judge, permitted, projected, secured, spec, volume } from './judge-pods.fixture.ts';
import type { Permitted } from './permitted.ts';

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
