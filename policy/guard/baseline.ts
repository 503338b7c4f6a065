// What lets a container out of itself: what the Pod Security Standard "baseline" refuses, field by field.
// Source: k8s.io/pod-security-admission/policy (1.36), the checks of level baseline; hostPath is in sources.ts.
import { type Finding, finding } from './finding.ts';
import { below, type Fields, fieldsOf, listBelow } from './json.ts';
import type { Permitted } from './permitted.ts';

const HOST_NAMESPACES = [
  ['hostNetwork', 'network'],
  ['hostPID', 'pid'],
  ['hostIPC', 'ipc'],
] as const;

const CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

const SELINUX_TYPES = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);
const PROFILES = new Set(['', 'RuntimeDefault', 'Localhost']);
const PROC_MOUNTS = new Set(['', 'Default']);

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];

/** Of the pod as a whole. */
export function podBaseline(spec: Fields, path: string, { hostNamespaces }: Permitted): Finding[] {
  const shared = HOST_NAMESPACES.filter(([field, name]) => isSet(spec[field]) && !hostNamespaces.has(name));
  const context = below(spec, 'securityContext');
  const sysctls = listBelow(context, 'sysctls').flatMap((each, at) =>
    isIn(SYSCTLS, fieldsOf(each).name)
      ? []
      : [finding('PodUnsafe', `${path}.securityContext.sysctls[${at}]`)],
  );
  return [
    ...shared.map(([field, name]) => finding('PodHostNamespace', `${path}.${field}`, name)),
    ...sysctls,
    ...contextBaseline(context, `${path}.securityContext`),
  ];
}

/** Of one container, of any of the three kinds. */
export function containerBaseline(container: Fields, path: string, permitted: Permitted): Finding[] {
  const context = below(container, 'securityContext');
  const at = `${path}.securityContext`;
  const added = listBelow(below(context, 'capabilities'), 'add').flatMap((name, index) =>
    isIn(CAPABILITIES, name) || isIn(permitted.capabilities, name)
      ? []
      : [finding('PodCapability', `${at}.capabilities.add[${index}]`, name)],
  );
  const ports = listBelow(container, 'ports').flatMap((port, index) =>
    isSet(fieldsOf(port).hostPort) && !permitted.hostNamespaces.has('network')
      ? [finding('PodHostNamespace', `${path}.ports[${index}].hostPort`, 'network')]
      : [],
  );
  return [
    ...(isSet(context.privileged) && !permitted.privileged
      ? [finding('PodPrivileged', `${at}.privileged`)]
      : []),
    ...added,
    ...ports,
    ...unless(PROC_MOUNTS, context.procMount, `${at}.procMount`),
    ...contextBaseline(context, at),
    ...PROBES.flatMap((field) => hostIn(below(container, field), `${path}.${field}`)),
    ...HOOKS.flatMap((field) =>
      hostIn(below(below(container, 'lifecycle'), field), `${path}.lifecycle.${field}`),
    ),
  ];
}

/** What a pod's and a container's security context share. */
function contextBaseline(context: Fields, path: string): Finding[] {
  const selinux = below(context, 'seLinuxOptions');
  return [
    ...(isSet(below(context, 'windowsOptions').hostProcess)
      ? [finding('PodUnsafe', `${path}.windowsOptions.hostProcess`)]
      : []),
    ...unless(SELINUX_TYPES, selinux.type, `${path}.seLinuxOptions.type`),
    ...['user', 'role'].flatMap((field) =>
      isSet(selinux[field]) ? [finding('PodUnsafe', `${path}.seLinuxOptions.${field}`)] : [],
    ),
    ...unless(PROFILES, below(context, 'seccompProfile').type, `${path}.seccompProfile.type`),
    ...unless(PROFILES, below(context, 'appArmorProfile').type, `${path}.appArmorProfile.type`),
  ];
}

/** Read at a pod's creation where the field is not set: pkg/registry/core/pod/strategy.go, applyAppArmorVersionSkew. */
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/';

export function annotationBaseline(metadata: Fields, path: string): Finding[] {
  return Object.entries(below(metadata, 'annotations')).flatMap(([key, value]) => {
    const isFine =
      !key.startsWith(APPARMOR) || value === 'runtime/default' || /^localhost\//.test(String(value));
    return isFine ? [] : [finding('PodUnsafe', `${path}.annotations[${key}]`)];
  });
}

/** The kubelet would call that host, from the node's network. */
const hostIn = (handler: Fields, path: string): Finding[] =>
  ['httpGet', 'tcpSocket'].flatMap((field) =>
    isSet(below(handler, field).host) ? [finding('PodUnsafe', `${path}.${field}.host`)] : [],
  );

const unless = (fine: ReadonlySet<string>, value: unknown, path: string): Finding[] =>
  value === undefined || value === null || isIn(fine, value) ? [] : [finding('PodUnsafe', path)];

const isIn = (set: ReadonlySet<string>, value: unknown): boolean =>
  typeof value === 'string' && set.has(value);

const isSet = (value: unknown): boolean => Boolean(value);
