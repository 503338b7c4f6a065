// The sidecar's container, whole: every field the API server would default is written here, none comes from the pod.
// It passes Pod Security `restricted`, starts before the agent and ends after it (KEP-753, native sidecars).
import type { V1Container, V1EnvVar, V1Probe } from '@kubernetes/client-node';
import type { InjectorConfig } from './config.ts';
import { SIDECAR, SIDECAR_ID } from './names.ts';
import { MAX_AGENTS } from './overfull.ts';
import { OWNER } from './owner.ts';
import type { Container, Resources } from './pod.ts';
import { sidecarMounts } from './volumes.ts';

const AGENT_CONTAINERS = 'CHAPERONE_AGENT_CONTAINERS';

/** What a LimitRange may add where the config is silent; an author may as well, and starves only its own pod. */
const LIMIT_RANGE_ADDS = new Set(['cpu', 'memory', 'ephemeral-storage']);

function fromPod(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } } satisfies V1EnvVar;
}

function environment(agentContainers: readonly string[], owner: string, config: InjectorConfig) {
  return [
    { name: 'CHAPERONE_CONTROLLER', value: config.controller },
    { name: 'CHAPERONE_CONTROL_CA', value: config.controlCa },
    fromPod('CHAPERONE_POD_NAME', 'metadata.name'),
    fromPod('CHAPERONE_POD_NAMESPACE', 'metadata.namespace'),
    fromPod('CHAPERONE_POD_UID', 'metadata.uid'),
    { name: AGENT_CONTAINERS, value: agentContainers.join(',') },
    { name: OWNER, value: owner },
    { name: 'CHAPERONE_API_SERVER', value: config.apiServer },
    { name: 'CHAPERONE_API_SERVER_CA', value: config.apiServerCa },
    ...(config.otlpEndpoint === undefined
      ? []
      : [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: config.otlpEndpoint }]),
  ] satisfies V1EnvVar[];
}

type Quantities = NonNullable<Resources['limits']>;

function withLimitRange(ours: Quantities, present: Quantities = {}): Quantities {
  const added = Object.entries(present).filter(([name]) => LIMIT_RANGE_ADDS.has(name));
  return { ...Object.fromEntries(added), ...ours };
}

/**
 * Each exec starts a Node.js process, an eighth of a second of CPU, and waits its turn on a busy node: once the sidecar runs it
 * is asked seldom and has long to answer. One that ends is started again without being asked; to restart one that only is slow
 * would break its streams.
 */
function probe(
  command: readonly string[],
  [periodSeconds, timeoutSeconds, failureThreshold]: readonly [number, number, number],
) {
  return {
    exec: { command: [...command, 'probe'] },
    periodSeconds,
    failureThreshold,
    successThreshold: 1,
    timeoutSeconds,
  } satisfies V1Probe;
}

/**
 * The sidecar of a pod with these agent containers and this owner (owner.ts). `present` are the resources of a sidecar
 * already in the pod: what a LimitRange added to it stays, what the config says wins.
 */
export function sidecarContainer(
  agentContainers: readonly string[],
  owner: string,
  config: InjectorConfig,
  present: Resources = {},
) {
  const { limits, requests } = config.resources;
  return {
    name: SIDECAR,
    image: config.image,
    imagePullPolicy: config.imagePullPolicy,
    command: [...config.command],
    restartPolicy: 'Always',
    env: environment(agentContainers, owner, config),
    resources: {
      limits: withLimitRange(limits, present.limits),
      requests: withLimitRange({ ...limits, ...requests }, present.requests),
    },
    startupProbe: probe(config.command, [2, 10, 60]),
    readinessProbe: probe(config.command, [20, 15, 1]),
    livenessProbe: probe(config.command, [60, 30, 3]),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsGroup: SIDECAR_ID,
      runAsNonRoot: true,
      runAsUser: SIDECAR_ID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    volumeMounts: sidecarMounts(agentContainers),
  } satisfies Container & Omit<V1Container, 'resources'>;
}

/** The agent containers that a sidecar was rendered for; of a longer list a part, which no sidecar of ours equals. */
export function listedContainers(sidecar: Container): string[] {
  const list = sidecar.env?.find(({ name }) => name === AGENT_CONTAINERS)?.value ?? '';
  return list === '' ? [] : list.split(',', MAX_AGENTS);
}
