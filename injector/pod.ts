// What admission reads of a Pod, as loose schemas: a field that is read has its type, all others pass through untouched.
// Anything that parses can be rendered and checked without throwing, in time that grows with its size and no faster.
import * as z from 'zod';
import { overfull } from './overfull.ts';

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
  volumeDevices: z.array(z.looseObject({ name: z.string(), devicePath: z.string() })).optional(),
  terminationMessagePath: z.string().optional(),
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
      appArmorProfile: z.looseObject({ type: z.string() }).optional(),
      seLinuxOptions: z.record(z.string(), z.unknown()).optional(),
      windowsOptions: windowsOptions.optional(),
    })
    .optional(),
});

const ownerReference = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});

const pod = z.looseObject({
  metadata: z.looseObject({
    annotations: z.record(z.string(), z.string()).optional(),
    ownerReferences: z.array(ownerReference).optional(),
  }),
  spec,
});

export type Pod = z.infer<typeof pod>;
export type Container = z.infer<typeof container>;
export type EnvVar = z.infer<typeof envVar>;
export type Volume = z.infer<typeof volume>;
export type VolumeMount = z.infer<typeof volumeMount>;
export type Resources = z.infer<typeof resources>;

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
