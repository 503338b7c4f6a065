// Shapes of a pod by its volumes and where they are mounted.
import { TOKEN_PATH } from '../../injector/names.ts';
import { agent, container, injected, mounted, projected, refused, type Section, volume } from './shape.ts';

export const configMap = { configMap: { name: 'settings' } };
export const downward = {
  downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] },
};
const OVER_IT = 'the token is mounted over it';
const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

export const VOLUMES: Section = {
  title: 'Volumes and mounts',
  shapes: [
    injected('a ConfigMap, a Secret, a downward API volume, an emptyDir', {
      volumes: [
        { name: 'settings', configMap: { name: 'settings' } },
        { name: 'keys', secret: { secretName: 'keys' } },
        { name: 'about', ...downward },
        { name: 'scratch', emptyDir: {} },
      ],
    }),
    injected('a claim', volume({ persistentVolumeClaim: { claimName: 'data' } })),
    injected('an ephemeral volume', volume({ ephemeral: { volumeClaimTemplate: { spec: claimSpec } } })),
    injected('an image volume', volume({ image: { reference: 'tools:1' } })),
    injected('ConfigMap and downward API in one projected volume', projected(configMap, downward)),
    injected(
      'a cluster trust bundle',
      projected({ clusterTrustBundle: { name: 'bundle', path: 'ca.pem' } }),
      { gated: true },
    ),
    injected('a mount by subPath', mounted('/scratch', { subPath: 'here' })),
    injected('a mount by subPathExpr', {
      ...volume({ emptyDir: {} }),
      containers: [
        container('agent', {
          env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          volumeMounts: [{ name: 'extra', mountPath: '/scratch', subPathExpr: '$(POD)' }],
        }),
      ],
    }),
    injected('a mount at /var/run/secrets', mounted('/var/run/secrets'), { note: OVER_IT }),
    injected('a mount at /var/run', mounted('/var/run'), { note: OVER_IT }),
    injected('a mount at /run', mounted('/run'), { note: OVER_IT }),
    injected('a mount at the path of the token with -mine behind', mounted(`${TOKEN_PATH}-mine`)),
    injected('a mount at the path of the token in capitals', mounted(TOKEN_PATH.toUpperCase())),
    refused('TokenPathTaken', 'a mount at the path of the token', mounted(TOKEN_PATH)),
    refused('TokenPathTaken', 'the same with a slash behind', mounted(`${TOKEN_PATH}/`)),
    refused(
      'TokenPathTaken',
      'the same by a detour',
      mounted(`/tmp/../var//run/./secrets/..${TOKEN_PATH.slice(8)}/./`),
    ),
    refused('TokenPathTaken', 'the same without the first slash', mounted(TOKEN_PATH.slice(1))),
    refused('TokenPathTaken', 'the same by /run, to which /var/run leads', mounted(TOKEN_PATH.slice(4))),
    refused(
      'TokenPathTaken',
      'a file of a volume below it',
      mounted(`${TOKEN_PATH}/token`, { subPath: 'token' }),
    ),
    refused(
      'TokenPathTaken',
      'a Secret mounted at it, as before Kubernetes 1.24',
      mounted(TOKEN_PATH, { readOnly: true }, { secret: { secretName: 'default-token-x' } }),
    ),
    refused(
      'TokenPathTaken',
      'a termination message below it',
      agent({ terminationMessagePath: `${TOKEN_PATH}/token` }),
    ),
    refused('TokenPathTaken', 'a block device at it', {
      ...agent({ volumeDevices: [{ name: 'extra', devicePath: TOKEN_PATH }] }),
      ...volume({ persistentVolumeClaim: { claimName: 'data' } }),
    }),
    refused('VolumeKind', 'a hostPath', volume({ hostPath: { path: '/' } })),
    refused(
      'VolumeKind',
      'an inline CSI volume, with token requests or without',
      volume({ csi: { driver: 'x.example' } }),
    ),
    refused('VolumeKind', 'a FlexVolume', volume({ flexVolume: { driver: 'x/y' } })),
    refused(
      'VolumeKind',
      'NFS and other volumes of the network',
      volume({ nfs: { server: 'nfs', path: '/' } }),
    ),
    refused(
      'ReservedName',
      'a volume whose name begins with `chaperone-`',
      volume({ name: 'chaperone-x', emptyDir: {} }),
    ),
    refused(
      'ReachesSidecar',
      "a mount of one of the sidecar's volumes",
      agent({ volumeMounts: [{ name: 'chaperone-credential', mountPath: '/x', subPath: 'token' }] }),
    ),
    refused(
      'ReachesSidecar',
      "a variable read from a file of one of the sidecar's volumes",
      agent({
        env: [
          {
            name: 'KEY',
            valueFrom: { fileKeyRef: { volumeName: 'chaperone-identity', path: 'k', key: 'K' } },
          },
        ],
      }),
    ),
  ],
};
