// How a container can come to a volume of ours: by a mount, or by an environment variable read from a file in it
// (fileKeyRef, KEP-3721: the kubelet reads the file for the container). One list, used wherever that matters.
import { isOurVolume } from './names.ts';
import type { Container, VolumeMount } from './pod.ts';

export interface Reach {
  /** The field below the container. */
  readonly field: string;
  /** Absent where a file is read and nothing mounted. */
  readonly mount?: VolumeMount;
}

export function reaches(container: Container): Reach[] {
  const mounts = (container.volumeMounts ?? []).filter(({ name }) => isOurVolume(name));
  const files = (container.env ?? []).filter(({ valueFrom }) =>
    isOurVolume(valueFrom?.fileKeyRef?.volumeName ?? ''),
  );
  return [
    ...mounts.map((mount) => ({ field: `volumeMounts[${mount.name}]`, mount })),
    ...files.map(({ name }) => ({ field: `env[${name}].valueFrom.fileKeyRef` })),
  ];
}
