// An object with only that of its metadata which is read here. Annotations, managedFields, labels, finalizers and owners have
// no bound of their own but etcd's 1.5 MiB, and every replica holds every object.
import type { KubeObject } from './api.ts';

const READ: ReadonlySet<string> = new Set<keyof KubeObject['metadata']>([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
]);

/** `label`: the one that is read. */
export function bare(object: KubeObject, label = ''): KubeObject {
  const read = Object.entries(object.metadata).filter(([field]) => READ.has(field));
  const { [label]: value } = object.metadata.labels ?? {};
  const labels = value === undefined ? {} : { labels: { [label]: value } };
  return { ...object, metadata: { ...Object.fromEntries(read), ...labels } as KubeObject['metadata'] };
}
