// Where pods run and whom they push aside: what the closed list keeps from an agent as a resource (bindings, priorityclasses,
// devices) it does not have as a field of a pod either.
import { type Finding, finding } from './finding.ts';
import { type Fields, listBelow } from './json.ts';

/** The cluster's own: no other class begins so (pkg/apis/scheduling/validation). */
const SYSTEM_PRIORITY = /^system-/;

/** Of pods that are still to be placed: where one runs already, nothing of this can change. */
export function placementIn(spec: Fields, path: string): Finding[] {
  const { nodeName, priorityClassName } = spec;
  const fields = [
    ...(nodeName ? ['nodeName'] : []),
    ...(SYSTEM_PRIORITY.test(String(priorityClassName)) ? ['priorityClassName'] : []),
    ...(listBelow(spec, 'resourceClaims').length > 0 ? ['resourceClaims'] : []),
  ];
  return fields.map((field) => finding('PodPlacement', `${path}.${field}`));
}
