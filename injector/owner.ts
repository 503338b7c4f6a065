// Who made a pod, written where nothing changes it: into the environment of its sidecar, which no update may touch. Its
// owner references may change (a pod is orphaned, adopted); what is counted for its workload must not begin anew by that.
import * as z from 'zod';
import { SIDECAR } from './names.ts';
import { type Container, type Pod, readPod } from './pod.ts';

export const OWNER = 'CHAPERONE_OWNER';

/** Of a pod that nothing controls. An empty value would be no value to the API server. */
const NOBODY = 'nobody';

/** What the API server itself would never make longer. */
const MAX_FIELD = 253;

const field = z.string().max(MAX_FIELD);
const owner = z.object({ apiVersion: field, kind: field, name: field, uid: field });

export type Owner = z.infer<typeof owner>;

/** The value of OWNER for a pod as it comes to be: its controller as JSON. */
export function printOwner({ metadata }: Pod): string {
  const controller = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (controller === undefined) return NOBODY;
  const { apiVersion, kind, name, uid } = controller;
  const cut = (text: string) => text.slice(0, MAX_FIELD);
  return JSON.stringify({ apiVersion: cut(apiVersion), kind: cut(kind), name: cut(name), uid: cut(uid) });
}

const valueIn = (sidecar: Container | undefined) => sidecar?.env?.find(({ name }) => name === OWNER)?.value;

/** The value of OWNER that a sidecar was rendered with; of one that has none, what a pod without a controller has. */
export function listedOwner(sidecar: Container): string {
  return valueIn(sidecar) ?? NOBODY;
}

/**
 * The controller that a live pod was born with; undefined where it had none. Of a pod that was rendered before OWNER was,
 * the controller that it has now: nothing else is known, and an upgrade must begin nothing anew.
 */
export function bornOf(value: unknown): Owner | undefined {
  const pod = readPod(value);
  if (pod === undefined) return undefined;
  const listed = valueIn(pod.spec.initContainers?.find(({ name }) => name === SIDECAR)) ?? printOwner(pod);
  return listed === NOBODY ? undefined : owner.parse(JSON.parse(listed));
}
