// Takes a pod apart: the agent's part, and what an earlier call of this injector added. Only what today's configuration
// would render counts as ours; anything else that carries our names is refused and never adopted.
import { difference, unorderedContainer } from './compare.ts';
import type { InjectorConfig } from './config.ts';
import { isOurVolume, SIDECAR } from './names.ts';
import { listedOwner } from './owner.ts';
import {
  allContainers,
  type Container,
  mapContainers,
  type Placed,
  type Pod,
  type Volume,
  type VolumeMount,
} from './pod.ts';
import { reaches } from './reach.ts';
import { type Cause, type Refusal, refuseAny } from './refusals.ts';
import { listedContainers, sidecarContainer } from './sidecar.ts';
import { callerMount, sidecarVolumes } from './volumes.ts';

export interface Separated {
  readonly kind: 'separated';
  /** The pod as if it had never been injected, but for the environment of its containers. */
  readonly agent: Pod;
  /** The genuine sidecar that was found. */
  readonly sidecar: Container | undefined;
}

function forgery(sidecar: Container, listed: readonly string[], config: InjectorConfig): Cause[] {
  const expected = sidecarContainer(listed, listedOwner(sidecar), config, sidecar.resources);
  const where = difference(
    unorderedContainer(sidecar),
    unorderedContainer(expected),
    `spec.initContainers[${SIDECAR}]`,
  );
  return where === undefined ? [] : [{ code: 'ForgedSidecar', where }];
}

function foreignVolume(volume: Volume, ours: readonly Volume[]): Cause[] {
  const where = `spec.volumes[${volume.name}]`;
  const own = ours.find(({ name }) => name === volume.name);
  if (own === undefined) return [{ code: 'ReservedName', where }];
  const differs = difference(volume, own, where);
  return differs === undefined ? [] : [{ code: 'ForgedSidecar', where: differs }];
}

/** A container may mount its own caller's volume as we wrote it; nothing else of ours. */
function foreignReaches({ container, where }: Placed, listed: readonly string[]): Cause[] {
  const index = listed.indexOf(container.name);
  const isOwn = (mount: VolumeMount | undefined) =>
    index >= 0 && mount !== undefined && difference(mount, callerMount(index), '') === undefined;
  return reaches(container)
    .filter(({ mount }) => !isOwn(mount))
    .map(({ field }) => ({ code: 'ReachesSidecar', where: `${where}.${field}` }));
}

function withoutOurMounts(container: Container): Container {
  const mounts = container.volumeMounts;
  return mounts === undefined
    ? container
    : { ...container, volumeMounts: mounts.filter(({ name }) => !isOurVolume(name)) };
}

/** Separates the two parts, or refuses with every place where the pod carries our names without our parts. */
export function separate(pod: Pod, config: InjectorConfig): Separated | Refusal {
  const init = pod.spec.initContainers ?? [];
  const sidecar = init.find(({ name }) => name === SIDECAR);
  const listed = sidecar === undefined ? [] : listedContainers(sidecar);
  const agent: Pod = {
    ...pod,
    spec: {
      ...pod.spec,
      initContainers: init.filter((container) => container !== sidecar),
      volumes: (pod.spec.volumes ?? []).filter(({ name }) => !isOurVolume(name)),
    },
  };
  const impostors = allContainers(agent)
    .filter(({ container }) => container.name === SIDECAR)
    .map(({ where }) => ({ code: 'ReservedName', where }) satisfies Cause);
  const ours = sidecar === undefined ? [] : sidecarVolumes(listed);
  const refusal = refuseAny([
    ...(sidecar === undefined ? [] : forgery(sidecar, listed, config)),
    ...impostors,
    ...(pod.spec.volumes ?? [])
      .filter(({ name }) => isOurVolume(name))
      .flatMap((volume) => foreignVolume(volume, ours)),
    ...allContainers(agent).flatMap((placed) => foreignReaches(placed, listed)),
  ]);
  return refusal ?? { kind: 'separated', agent: mapContainers(agent, withoutOurMounts), sidecar };
}
