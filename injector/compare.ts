// Where two pieces of a pod differ. Lists that Kubernetes keys by name are compared without their order, because
// another injector may stand before us: position is not a boundary.
import { SIDECAR } from './names.ts';
import type { Container, Pod } from './pod.ts';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function label(element: unknown, index: number): string {
  return isObject(element) && typeof element.name === 'string' ? element.name : String(index);
}

/** The first field where two JSON values differ, below `path`; undefined where they are the same. */
export function difference(a: unknown, b: unknown, path: string): string | undefined {
  if (a === b) return undefined;
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      const found = difference(a[index], b[index], `${path}[${label(a[index] ?? b[index], index)}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = difference(a[key], b[key], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return path;
}

function sorted<T>(list: readonly T[] | undefined, key: (element: T) => string): T[] {
  return [...(list ?? [])].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** A container with the lists whose order means nothing to us in one fixed order. */
export function unorderedContainer(container: Container): Container {
  return {
    ...container,
    env: sorted(container.env, ({ name }) => name),
    volumeMounts: sorted(container.volumeMounts, ({ mountPath }) => mountPath),
  };
}

/** A pod's spec with the sidecar first and the lists whose order means nothing to us in one fixed order. */
export function unorderedSpec({ spec }: Pod): Pod['spec'] {
  const init = spec.initContainers ?? [];
  return {
    ...spec,
    initContainers: sorted(init, ({ name }) => (name === SIDECAR ? '0' : '1')).map(unorderedContainer),
    containers: spec.containers.map(unorderedContainer),
    volumes: sorted(spec.volumes, ({ name }) => name),
  };
}
