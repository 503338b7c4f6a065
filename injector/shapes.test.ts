import { describe, expect, it } from 'vitest';
import { mutateCreate, validateCreate } from './admit.ts';
import { codesOf, config, injected, plainPod, podOf } from './fixtures.ts';
import { TOKEN_PATH } from './names.ts';
import type { RefusalCode } from './refusals.ts';

const agent = (more: object) => ({ containers: [{ name: 'agent', image: 'agent:1', ...more }] });
const security = (securityContext: object) => agent({ securityContext });
const volume = (source: object) => ({ volumes: [{ name: 'extra', ...source }] });
const projected = (source: object) => volume({ projected: { sources: [source] } });
const mount = (mountPath: string) => ({
  ...agent({ volumeMounts: [{ name: 'extra', mountPath }] }),
  ...volume({ emptyDir: {} }),
});

const REFUSED: readonly (readonly [what: string, spec: object, code: RefusalCode])[] = [
  ['hostPID', { hostPID: true }, 'SharedNamespace'],
  ['hostIPC', { hostIPC: true }, 'SharedNamespace'],
  ['hostNetwork', { hostNetwork: true }, 'SharedNamespace'],
  ['a shared process namespace', { shareProcessNamespace: true }, 'SharedNamespace'],
  ['a privileged container', security({ privileged: true }), 'Privileged'],
  ['a Windows host process', security({ windowsOptions: { hostProcess: true } }), 'Privileged'],
  [
    'a Windows host process pod',
    { securityContext: { windowsOptions: { hostProcess: true } } },
    'Privileged',
  ],
  ['SYS_PTRACE', security({ capabilities: { add: ['SYS_PTRACE'] } }), 'AddedCapability'],
  ['NET_ADMIN', security({ capabilities: { add: ['NET_ADMIN'] } }), 'AddedCapability'],
  ['ALL capabilities', security({ capabilities: { add: ['ALL'] } }), 'AddedCapability'],
  ['another spelling', security({ capabilities: { add: ['CAP_CHOWN'] } }), 'AddedCapability'],
  ['an unmasked /proc', security({ procMount: 'Unmasked' }), 'UnmaskedProc'],
  ["the sidecar's user", security({ runAsUser: 61443 }), 'ReservedId'],
  ["the sidecar's group", security({ runAsGroup: 61443 }), 'ReservedId'],
  ["the sidecar's user for the pod", { securityContext: { runAsUser: 61443 } }, 'ReservedId'],
  ["the sidecar's group for the pod", { securityContext: { runAsGroup: 61443 } }, 'ReservedId'],
  ["the sidecar's group for volumes", { securityContext: { fsGroup: 61443 } }, 'ReservedId'],
  [
    "the sidecar's group as a further one",
    { securityContext: { supplementalGroups: [1, 61443] } },
    'ReservedId',
  ],
  ['a hostPath volume', volume({ hostPath: { path: '/' } }), 'VolumeKind'],
  ['an inline CSI volume', volume({ csi: { driver: 'secrets-store.csi.k8s.io' } }), 'VolumeKind'],
  ['a FlexVolume', volume({ flexVolume: { driver: 'x/y' } }), 'VolumeKind'],
  ['a kind of volume nobody knows yet', volume({ quantumDisk: {} }), 'VolumeKind'],
  ['a second token', projected({ serviceAccountToken: { path: 'token' } }), 'TokenVolume'],
  [
    'a token of another audience',
    projected({ serviceAccountToken: { audience: 'vault', path: 't' } }),
    'TokenVolume',
  ],
  ['a pod certificate', projected({ podCertificate: { signerName: 'x/y' } }), 'TokenVolume'],
  ['a projection nobody knows yet', projected({ quantumKey: {} }), 'TokenVolume'],
  ['IRSA', agent({ env: [{ name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/t' }] }), 'CloudIdentity'],
  [
    'EKS Pod Identity',
    agent({ env: [{ name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI', value: 'http://169.254.170.23/' }] }),
    'CloudIdentity',
  ],
  [
    'Azure workload identity',
    agent({ env: [{ name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/t' }] }),
    'CloudIdentity',
  ],
  ['another volume at the token path', mount(TOKEN_PATH), 'TokenPathTaken'],
  ['the token path with a slash', mount(`${TOKEN_PATH}/`), 'TokenPathTaken'],
  ['the token path by a detour', mount(`/tmp/..${TOKEN_PATH}/./`), 'TokenPathTaken'],
  ['a file below the token path', mount(`${TOKEN_PATH}/token`), 'TokenPathTaken'],
  ['Windows', { os: { name: 'windows' } }, 'Windows'],
  ['a Windows node', { nodeSelector: { 'kubernetes.io/os': 'windows' } }, 'Windows'],
  [
    "the sidecar's name",
    {
      containers: [
        { name: 'agent', image: 'a' },
        { name: 'chaperone', image: 'a' },
      ],
    },
    'ReservedName',
  ],
  [
    "a name that is kept for the sidecar's volumes",
    volume({ name: 'chaperone-x', emptyDir: {} }),
    'ReservedName',
  ],
  [
    "a mount of one of the sidecar's volumes",
    agent({ volumeMounts: [{ name: 'chaperone-credential', mountPath: '/x' }] }),
    'ReachesSidecar',
  ],
  [
    "a variable read from one of the sidecar's volumes",
    agent({
      env: [
        {
          name: 'KEY',
          valueFrom: { fileKeyRef: { volumeName: 'chaperone-identity', path: 'k', key: 'K' } },
        },
      ],
    }),
    'ReachesSidecar',
  ],
];

describe('a pod that cannot be governed', () => {
  it.each(REFUSED)('is refused with %s', (_, spec, code) => {
    expect(codesOf(mutateCreate(plainPod(spec), config))).toEqual([code]);
  });

  it.each(REFUSED)('is refused with %s that came in after the sidecar', (_, spec, code) => {
    const pod = injected();
    const { containers = [], volumes = [], ...more } = spec as { containers?: object[]; volumes?: object[] };
    const added = containers.map((container) => ({ ...container, name: 'late' }));
    const renamed = code === 'ReservedName' ? containers : added;
    const changed = podOf({
      ...pod.spec,
      ...more,
      containers: [...pod.spec.containers, ...renamed],
      volumes: [...(pod.spec.volumes ?? []), ...volumes],
    });
    expect(codesOf(validateCreate(changed, config))).toContain(code);
  });

  it.each([
    ['kubernetes.io/config.mirror', 'StaticPod'],
    ['container.apparmor.security.beta.kubernetes.io/chaperone', 'SidecarAnnotation'],
    ['devices.nri.io/container.chaperone', 'SidecarAnnotation'],
  ])('is refused with the annotation %s', (annotation, code) => {
    const pod = podOf(plainPod().spec, { annotations: { [annotation]: 'unconfined' } });
    expect(codesOf(mutateCreate(pod, config))).toEqual([code]);
  });

  it('is refused with the same shape in an init container', () => {
    const init = { name: 'setup', image: 'a', securityContext: { privileged: true } };
    expect(codesOf(mutateCreate(plainPod({ initContainers: [init] }), config))).toEqual(['Privileged']);
  });

  it('is refused with a token that ServiceAccount admission would have mounted, mounted elsewhere', () => {
    const pod = plainPod({
      ...agent({ volumeMounts: [{ name: 'kube-api-access-mine', mountPath: '/tmp/t' }] }),
      volumes: [
        { name: 'kube-api-access-mine', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      ],
    });
    expect(codesOf(mutateCreate(pod, config))).toEqual(['TokenVolume']);
  });

  it('hears of everything at once, of a bounded number of fields', () => {
    const two = mutateCreate(plainPod({ hostPID: true, hostNetwork: true }), config);
    expect(codesOf(two)).toEqual(['SharedNamespace', 'SharedNamespace']);
    const add = Array.from({ length: 100 }, (_, index) => `CAP_${index}`);
    const many = mutateCreate(plainPod(security({ capabilities: { add } })), config);
    expect(codesOf(many)).toHaveLength(8);
    expect(many.kind === 'refusal' && many.message).toMatch(/And 92 more\.$/);
  });
});

describe('an ordinary pod', () => {
  it.each([
    ['capabilities that containers have anyway', security({ capabilities: { add: ['NET_BIND_SERVICE'] } })],
    ['a masked /proc', security({ procMount: 'Default' })],
    ['a user and a group of its own', { securityContext: { runAsUser: 1000, fsGroup: 2000 } }],
    ['a Secret volume', volume({ secret: { secretName: 's' } })],
    ['a claim', volume({ persistentVolumeClaim: { claimName: 'c' } })],
    ['a trust bundle', projected({ clusterTrustBundle: { name: 'b', path: 'p' } })],
    ['projected sources that are null', volume({ projected: { sources: null } })],
    ['a mount above the token path', mount('/var/run/secrets')],
    ['a mount that only looks like the token path', mount(`${TOKEN_PATH}-mine`)],
    ['Linux', { os: { name: 'linux' } }],
  ])('is governed with %s', (_, spec) => {
    expect(validateCreate(injected(plainPod(spec)), config)).toEqual({ kind: 'allowed', patch: [] });
  });
});
