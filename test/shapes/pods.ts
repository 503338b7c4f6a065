// Shapes of a pod by what holds for the whole of it: identities, namespaces, resources, where and how long it runs.
import { agent, injected, invalid, refused, type Section, security } from './shape.ts';

const ours = 61443;
const whole = (securityContext: object) => ({ securityContext });

export const SECURITY: Section = {
  title: 'Security',
  shapes: [
    injected('all that Pod Security `restricted` asks for', {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      ...security({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsUser: 1000 }),
    }),
    injected('a read-only root', security({ readOnlyRootFilesystem: true })),
    injected(
      'user, group and fsGroup of its own',
      whole({ runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000 }),
    ),
    injected('further groups', whole({ supplementalGroups: [1, 2] })),
    injected('a seccomp profile for all containers', whole({ seccompProfile: { type: 'Unconfined' } }), {
      note: 'the sidecar keeps RuntimeDefault',
    }),
    injected('an AppArmor profile of a container', security({ appArmorProfile: { type: 'RuntimeDefault' } })),
    injected('an SELinux level', whole({ seLinuxOptions: { level: 's0:c26,c5' } })),
    injected('a user namespace (`hostUsers: false`)', { hostUsers: false }),
    injected(
      'a sysctl that counts as safe',
      whole({ sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] }),
    ),
    injected(
      'a capability that containers have anyway',
      security({ capabilities: { add: ['NET_BIND_SERVICE'] } }),
    ),
    ...['hostPID', 'hostIPC', 'hostNetwork', 'shareProcessNamespace'].map((field) =>
      refused('SharedNamespace', `\`${field}\``, { [field]: true }),
    ),
    refused('Privileged', 'a privileged container', security({ privileged: true })),
    refused('Privileged', 'a Windows host process', security({ windowsOptions: { hostProcess: true } })),
    refused(
      'Privileged',
      'a Windows host process for the pod',
      whole({ windowsOptions: { hostProcess: true } }),
    ),
    ...['SYS_PTRACE', 'NET_ADMIN', 'NET_RAW', 'ALL', 'CAP_CHOWN'].map((capability) =>
      refused(
        'AddedCapability',
        `the capability ${capability}`,
        security({ capabilities: { add: [capability] } }),
      ),
    ),
    refused('UnmaskedProc', 'an unmasked /proc', security({ procMount: 'Unmasked' })),
    refused('ReservedId', "the sidecar's user", security({ runAsUser: ours })),
    refused('ReservedId', "the sidecar's group", security({ runAsGroup: ours })),
    refused('ReservedId', "the sidecar's user for the pod", whole({ runAsUser: ours })),
    refused('ReservedId', "the sidecar's group for the pod", whole({ runAsGroup: ours })),
    refused('ReservedId', "the sidecar's group as fsGroup", whole({ fsGroup: ours })),
    refused('ReservedId', "the sidecar's group as a further one", whole({ supplementalGroups: [1, ours] })),
    refused(
      'PodWide',
      'an AppArmor profile for the pod, unless it is RuntimeDefault',
      whole({ appArmorProfile: { type: 'Unconfined' } }),
    ),
    refused(
      'PodWide',
      'an SELinux type, role or user for the pod',
      whole({ seLinuxOptions: { type: 'spc_t' } }),
    ),
    refused(
      'SidecarAnnotation',
      "AppArmor's older annotation for the sidecar",
      {},
      {
        metadata: {
          annotations: { 'container.apparmor.security.beta.kubernetes.io/chaperone': 'unconfined' },
        },
      },
    ),
    refused(
      'SidecarAnnotation',
      "a runtime's annotation for the sidecar",
      {},
      {
        metadata: { annotations: { 'devices.nri.io/container.chaperone': 'x' } },
      },
    ),
  ],
};

export const PLACE_AND_TIME: Section = {
  title: 'Resources, place and time',
  shapes: [
    injected('`generateName` and no name', {}, { metadata: { name: undefined, generateName: 'agent-' } }),
    injected(
      'host aliases and DNS of its own',
      {
        hostAliases: [{ ip: '10.0.0.1', hostnames: ['chaperone.chaperone-system.svc'] }],
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['10.0.0.1'] },
      },
      { note: 'the sidecar knows the controller and the API server by address' },
    ),
    injected(
      'a grace period of 0 s',
      { terminationGracePeriodSeconds: 0 },
      { note: 'the sidecar has no time to send its last spans' },
    ),
    injected('a deadline, `restartPolicy: Never`', { activeDeadlineSeconds: 60, restartPolicy: 'Never' }),
    injected('scheduling gates', { schedulingGates: [{ name: 'example.com/quota' }] }),
    injected('a node of its choice, tolerations, affinity', {
      nodeName: 'node',
      tolerations: [{ operator: 'Exists' }],
    }),
    injected('a PriorityClass', { priorityClassName: 'shapes' }),
    injected('a RuntimeClass with overhead', { runtimeClassName: 'shapes' }),
    injected('resource claims (DRA)', {
      ...agent({ resources: { claims: [{ name: 'gpu' }] } }),
      resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }],
    }),
    injected('resources for the whole pod that leave room for the sidecar', {
      ...agent({ resources: { requests: { cpu: '10m', memory: '8Mi' } } }),
      resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '512Mi' } },
    }),
    invalid(
      'must be greater than or equal to aggregate container requests',
      'resources for the whole pod that do not',
      {
        ...agent({ resources: { requests: { cpu: '10m', memory: '8Mi' } } }),
        resources: { limits: { cpu: '1', memory: '1Gi' } },
      },
      {
        note: 'name requests for the pod that hold those of the sidecar as well (charts/chaperone/values.yaml, `sidecar.resources`)',
      },
    ),
    injected('Linux by name', { os: { name: 'linux' } }),
    refused('Windows', 'Windows by name', { os: { name: 'windows' } }),
    refused('Windows', 'a Windows node', { nodeSelector: { 'kubernetes.io/os': 'windows' } }),
    refused(
      'StaticPod',
      "a kubelet's mirror of a static pod",
      { serviceAccountName: undefined, nodeName: 'node' },
      {
        metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } },
      },
    ),
  ],
};
