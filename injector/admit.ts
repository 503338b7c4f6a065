// The decisions of admission about pods: what is added when one is created, what is accepted, and what may change later.
// CREATE is measured by today's configuration; UPDATE only by the old object, or old pods could not end after an upgrade.
import { difference, unorderedSpec } from './compare.ts';
import type { InjectorConfig } from './config.ts';
import { isAboutSidecar, isOurVolume, SIDECAR } from './names.ts';
import { ephemeralContainers, type Placed, type Pod } from './pod.ts';
import { reaches } from './reach.ts';
import { type Cause, type Refusal, refuse, refuseAny } from './refusals.ts';
import { render } from './render.ts';
import { ungovernableContainer } from './shapes.ts';

/** An operation of RFC 6902. `add` replaces a member that is already there. */
export interface PatchOperation {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}

export type Admission = { readonly kind: 'allowed'; readonly patch: readonly PatchOperation[] } | Refusal;

export const ALLOWED: Admission = { kind: 'allowed', patch: [] };

/** The mutating webhook's answer on CREATE: one operation for each field of the spec that changes. */
export function mutateCreate(pod: Pod, config: InjectorConfig): Admission {
  const rendered = render(pod, config);
  if (rendered.kind === 'refusal') return rendered;
  const patch = Object.entries(rendered.pod.spec)
    .filter(([field, value]) => difference(pod.spec[field], value, field) !== undefined)
    .map(([field, value]) => ({ op: 'add', path: `/spec/${field}`, value }) as const);
  return { kind: 'allowed', patch };
}

/**
 * The validating webhook's answer on CREATE, after every mutating webhook has run: rendering must change nothing but
 * the order. So a container that another injector added behind us without the caller's volume is refused: with the
 * token path free it would be the one container of the pod that nothing governs by construction.
 */
export function validateCreate(pod: Pod, config: InjectorConfig): Admission {
  const rendered = render(pod, config);
  if (rendered.kind === 'refusal') return rendered;
  const where = difference(unorderedSpec(pod), unorderedSpec(rendered.pod), 'spec');
  return where === undefined ? ALLOWED : refuse({ code: 'NotInjected', where });
}

/** Everything on a pod that governs it, by field, in the form that is compared across an update. */
function governing({ metadata, spec }: Pod) {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => isAboutSidecar(key));
  return {
    'metadata.annotations': Object.fromEntries(annotations),
    'spec.initContainers': containers.filter(({ name }) => name === SIDECAR),
    'spec.volumes': (spec.volumes ?? []).filter(({ name }) => isOurVolume(name)),
    'spec.containers': containers.map((container) => ({ name: container.name, reaches: reaches(container) })),
    'spec.automountServiceAccountToken': spec.automountServiceAccountToken,
    'spec.serviceAccountName': spec.serviceAccountName,
    // The bounds of the whole pod are the sidecar's as well (KEP-2837).
    'spec.resources': spec.resources,
  };
}

/** An ephemeral container shares the network and the volumes of the pod like any other, but brings no caller. */
function ungovernableDebugger(placed: Placed): Cause[] {
  const { container, where } = placed;
  const intrusions = reaches(container).map(({ field }) => field);
  if (container.targetContainerName === SIDECAR) intrusions.push('targetContainerName');
  return [
    ...ungovernableContainer(placed),
    ...intrusions.map((field): Cause => ({ code: 'ReachesSidecar', where: `${where}.${field}` })),
  ];
}

/** The validating webhook's answer on UPDATE of pods, pods/ephemeralcontainers and pods/resize alike. */
export function validateUpdate(old: Pod, pod: Pod): Admission {
  const changed = difference(governing(old), governing(pod), '');
  if (changed !== undefined) return refuse({ code: 'SidecarChanged', where: changed.slice(1) });
  const before = new Map(ephemeralContainers(old).map(({ container }) => [container.name, container]));
  const added = ephemeralContainers(pod).filter(
    ({ container }) => difference(before.get(container.name), container, '') !== undefined,
  );
  return refuseAny(added.flatMap(ungovernableDebugger)) ?? ALLOWED;
}
