// The shapes of a pod that no sidecar could govern: a way to the node, into the sidecar, or to a credential past it.
// Reads the agent's part of the pod only. What a volume or a projection may be is a closed list.
import { isAboutSidecar, SIDECAR_ID, TOKEN_PATH } from './names.ts';
import { allContainers, type Container, type Placed, type Pod, type Volume } from './pod.ts';
import type { Cause, RefusalCode } from './refusals.ts';

/** Set by every kubelet that mirrors a static pod (pkg/apis/core, MirrorPodAnnotationKey). */
const MIRROR_POD = 'kubernetes.io/config.mirror';

/** Pod Security "baseline": no more than a container has when it asks for nothing. */
const ORDINARY_CAPABILITIES = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);

/** Pod Security "restricted" without inline CSI, whose drivers can ask for the pod's tokens. */
const VOLUME_KINDS = new Set([
  ...['configMap', 'secret', 'emptyDir', 'downwardAPI', 'projected', 'image', 'ephemeral'],
  'persistentVolumeClaim',
]);

const PROJECTIONS = new Set(['configMap', 'secret', 'downwardAPI', 'clusterTrustBundle']);

const CLOUD_IDENTITY = new Set([
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AZURE_FEDERATED_TOKEN_FILE',
]);

/** A path as the runtime will see it: the kubelet makes it absolute, the runtime cleans it, images link /var/run to /run. */
function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}/`.replace(/^\/run\//, '/var/run/');
}

/** The paths at which the kubelet puts something into a container, by field. */
function paths({ volumeMounts = [], volumeDevices = [], terminationMessagePath }: Container) {
  return [
    ...volumeMounts.map(({ name, mountPath }) => [`volumeMounts[${name}]`, mountPath] as const),
    ...volumeDevices.map(({ name, devicePath }) => [`volumeDevices[${name}]`, devicePath] as const),
    ['terminationMessagePath', terminationMessagePath ?? ''] as const,
  ];
}

type PodSecurity = NonNullable<Pod['spec']['securityContext']>;

function when(found: boolean | undefined, code: RefusalCode, where: string): Cause[] {
  return found === true ? [{ code, where }] : [];
}

/** What the containers of a pod have in common unless each says otherwise, and the sidecar cannot: it must run on any node. */
function ofAllContainers({ appArmorProfile, seLinuxOptions = {} }: PodSecurity): Cause[] {
  const where = 'spec.securityContext';
  return [
    // The runtime's own is what the sidecar has anyway.
    ...when(
      appArmorProfile !== undefined && appArmorProfile.type !== 'RuntimeDefault',
      'PodWide',
      `${where}.appArmorProfile`,
    ),
    // The level is what lets containers share a volume.
    ...Object.keys(seLinuxOptions)
      .filter((option) => option !== 'level')
      .flatMap((option) => when(true, 'PodWide', `${where}.seLinuxOptions.${option}`)),
  ];
}

function ofPod({ metadata, spec }: Pod): Cause[] {
  const { securityContext: security = {} } = spec;
  const shared = ['hostPID', 'hostIPC', 'hostNetwork', 'shareProcessNamespace'] as const;
  const ids = ['runAsUser', 'runAsGroup', 'fsGroup'] as const;
  const annotations = Object.keys(metadata.annotations ?? {});
  const groups = security.supplementalGroups;
  return [
    ...when(annotations.includes(MIRROR_POD), 'StaticPod', `metadata.annotations[${MIRROR_POD}]`),
    ...annotations
      .filter(isAboutSidecar)
      .flatMap((key) => when(true, 'SidecarAnnotation', `metadata.annotations[${key}]`)),
    ...when(spec.os?.name === 'windows', 'Windows', 'spec.os.name'),
    ...when(spec.nodeSelector?.['kubernetes.io/os'] === 'windows', 'Windows', 'spec.nodeSelector'),
    ...shared.flatMap((field) => when(spec[field], 'SharedNamespace', `spec.${field}`)),
    ...ids.flatMap((id) => when(security[id] === SIDECAR_ID, 'ReservedId', `spec.securityContext.${id}`)),
    ...ofAllContainers(security),
    ...when(groups?.includes(SIDECAR_ID), 'ReservedId', 'spec.securityContext.supplementalGroups'),
    ...when(
      security.windowsOptions?.hostProcess,
      'Privileged',
      'spec.securityContext.windowsOptions.hostProcess',
    ),
  ];
}

function ofSecurity(security: NonNullable<Container['securityContext']>, where: string): Cause[] {
  const { procMount = 'Default' } = security;
  return [
    ...when(security.privileged, 'Privileged', `${where}.privileged`),
    ...when(security.windowsOptions?.hostProcess, 'Privileged', `${where}.windowsOptions.hostProcess`),
    ...when(procMount !== 'Default', 'UnmaskedProc', `${where}.procMount`),
    ...when(security.runAsUser === SIDECAR_ID, 'ReservedId', `${where}.runAsUser`),
    ...when(security.runAsGroup === SIDECAR_ID, 'ReservedId', `${where}.runAsGroup`),
    ...(security.capabilities?.add ?? [])
      .filter((capability) => !ORDINARY_CAPABILITIES.has(capability))
      .flatMap((capability) => when(true, 'AddedCapability', `${where}.capabilities.add[${capability}]`)),
  ];
}

/** What is wrong with one container of the agent, ephemeral ones included. */
export function ungovernableContainer({ container, where }: Placed): Cause[] {
  return [
    ...ofSecurity(container.securityContext ?? {}, `${where}.securityContext`),
    ...(container.env ?? []).flatMap(({ name }) =>
      when(CLOUD_IDENTITY.has(name), 'CloudIdentity', `${where}.env[${name}]`),
    ),
    ...paths(container).flatMap(([field, path]) =>
      when(cleaned(path).startsWith(`${TOKEN_PATH}/`), 'TokenPathTaken', `${where}.${field}`),
    ),
  ];
}

function ofVolume(volume: Volume): Cause[] {
  const where = `spec.volumes[${volume.name}]`;
  const kinds = Object.keys(volume).filter((key) => key !== 'name' && !VOLUME_KINDS.has(key));
  const projections = (volume.projected?.sources ?? []).flatMap((source) => Object.keys(source));
  return [
    ...kinds.flatMap((kind) => when(true, 'VolumeKind', `${where}.${kind}`)),
    ...projections
      .filter((source) => !PROJECTIONS.has(source))
      .flatMap((source) => when(true, 'TokenVolume', `${where}.projected.${source}`)),
  ];
}

/** Every reason why the agent's part of a pod cannot be governed; none where it can. */
export function ungovernable(pod: Pod): Cause[] {
  return [
    ...ofPod(pod),
    ...allContainers(pod).flatMap(ungovernableContainer),
    ...(pod.spec.volumes ?? []).flatMap(ofVolume),
  ];
}
