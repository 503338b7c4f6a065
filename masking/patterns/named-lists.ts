// Lists whose items the API server knows by name, in whatever order they come: those of a PodSpec. Of any other list only its kind
// says what its items are known by.
import { isObject } from '../shape.ts';
import type { Step } from './path.ts';

/** patchMergeKey and listMapKey `name`: k8s.io/api/core/v1/types.go, 1.36. */
const LIST =
  /^(?:(?:spec\.(?:jobTemplate\.spec\.)?)?template\.)?spec\.(?:(?:containers|initContainers|ephemeralContainers)(?:\.\*\.env)?|volumes)$/;

/** Kinds that have such lists there. */
const OF_PODS: ReadonlySet<unknown> = new Set(['v1', 'apps/v1', 'batch/v1']);

/** The items' names, in order; undefined: of this list they are not what its items are known by. */
export function namesOf(
  list: readonly unknown[],
  path: readonly Step[],
  apiVersion: unknown,
): readonly string[] | undefined {
  if (!OF_PODS.has(apiVersion) || !LIST.test(path.map(fieldOf).join('.'))) return undefined;
  const names = list.map((item) => (isObject(item) && typeof item.name === 'string' ? item.name : ''));
  const isApart = new Set(names).size === names.length && !names.includes('');
  return isApart ? names : undefined;
}

const fieldOf = (step: Step): string => (typeof step === 'string' ? step : '*');
