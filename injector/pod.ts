// What admission reads of a Pod, as loose schemas: a field that is read has its type, all others pass through untouched.
// Anything that parses can be rendered and checked without throwing, in time that grows with its size and no faster.
import * as z from 'zod';

const quantities = z.record(z.string(), z.union([z.string(), z.number()]));
const resources = z.looseObject({ limits: quantities.optional(), requests: quantities.optional() });

const envVar = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.looseObject({ fileKeyRef: z.looseObject({ volumeName: z.string() }).optional() }).optional(),
});

const volumeMount = z.looseObject({
  name: z.string(),
  mountPath: z.string(),
  readOnly: z.boolean().optional(),
});

const windowsOptions = z.looseObject({ hostProcess: z.boolean().optional() });

const container = z.looseObject({
  name: z.string(),
  restartPolicy: z.string().optional(),
  env: z.array(envVar).optional(),
  envFrom: z.array(z.unknown()).optional(),
  volumeMounts: z.array(volumeMount).optional(),
  resources: resources.optional(),
  targetContainerName: z.string().optional(),
  securityContext: z
    .looseObject({
      privileged: z.boolean().optional(),
      procMount: z.string().optional(),
      runAsUser: z.number().optional(),
      runAsGroup: z.number().optional(),
      capabilities: z.looseObject({ add: z.array(z.string()).optional() }).optional(),
      windowsOptions: windowsOptions.optional(),
    })
    .optional(),
});

const volume = z.looseObject({
  name: z.string(),
  projected: z.looseObject({ sources: z.array(z.record(z.string(), z.unknown())).nullish() }).optional(),
});

const spec = z.looseObject({
  containers: z.array(container),
  initContainers: z.array(container).optional(),
  ephemeralContainers: z.array(container).optional(),
  volumes: z.array(volume).optional(),
  automountServiceAccountToken: z.boolean().optional(),
  serviceAccountName: z.string().optional(),
  resources: resources.optional(),
  hostPID: z.boolean().optional(),
  hostIPC: z.boolean().optional(),
  hostNetwork: z.boolean().optional(),
  shareProcessNamespace: z.boolean().optional(),
  os: z.looseObject({ name: z.string() }).optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  securityContext: z
    .looseObject({
      runAsUser: z.number().optional(),
      runAsGroup: z.number().optional(),
      fsGroup: z.number().optional(),
      supplementalGroups: z.array(z.number()).optional(),
      windowsOptions: windowsOptions.optional(),
    })
    .optional(),
});

const pod = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).optional() }),
  spec,
});

export type Pod = z.infer<typeof pod>;
export type Container = z.infer<typeof container>;
export type EnvVar = z.infer<typeof envVar>;
export type Volume = z.infer<typeof volume>;
export type VolumeMount = z.infer<typeof volumeMount>;
export type Resources = z.infer<typeof resources>;

/** Agent containers, as many as the sidecar takes (CHAPERONE_AGENT_CONTAINERS). */
export const MAX_AGENTS = 100;
/** The pod's own, and ours: a few, and one an agent container. */
const MAX_VOLUMES = 500;

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);

/** The list of a pod that is longer than any that is governed here, told before anything else of it is read. */
export function overfull(value: unknown): string | undefined {
  const { spec } = (value ?? {}) as { spec?: Readonly<Record<string, unknown>> | null };
  const { containers, initContainers, ephemeralContainers, volumes } = spec ?? {};
  // The sidecar itself is the one more.
  if (lengthOf(initContainers) + lengthOf(containers) > MAX_AGENTS + 1) return 'spec.containers';
  if (lengthOf(ephemeralContainers) > MAX_AGENTS) return 'spec.ephemeralContainers';
  return lengthOf(volumes) > MAX_VOLUMES ? 'spec.volumes' : undefined;
}

/** Reads a Pod of the v1 API as JSON gave it; undefined where it is none, or overfull. */
export function readPod(value: unknown): Pod | undefined {
  if (overfull(value) !== undefined) return undefined;
  const read = pod.safeParse(value);
  return read.success ? read.data : undefined;
}

/** A container, and the field of the pod where it stands, as `spec.containers[web]`. */
export interface Placed {
  readonly container: Container;
  readonly where: string;
}

function placed({ spec }: Pod, list: 'initContainers' | 'containers' | 'ephemeralContainers'): Placed[] {
  return (spec[list] ?? []).map((container) => ({ container, where: `spec.${list}[${container.name}]` }));
}

export function ephemeralContainers(pod: Pod): Placed[] {
  return placed(pod, 'ephemeralContainers');
}

/** Every container of the pod, ephemeral ones last. */
export function allContainers(pod: Pod): Placed[] {
  return [...placed(pod, 'initContainers'), ...placed(pod, 'containers'), ...ephemeralContainers(pod)];
}

/** The pod with every init and ordinary container changed by `change`, which hears its number: init containers first. */
export function mapContainers(pod: Pod, change: (container: Container, index: number) => Container): Pod {
  const { initContainers, containers } = pod.spec;
  const first = initContainers?.length ?? 0;
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(initContainers && {
        initContainers: initContainers.map((container, index) => change(container, index)),
      }),
      containers: containers.map((container, index) => change(container, first + index)),
    },
  };
}
