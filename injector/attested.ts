// Whether a live pod carries our sidecar: one of the checks that ca/ makes before it gives a pod an identity.
// Judged by structure and not by image: a pod keeps the sidecar it was born with, an upgrade later included.
import { isOurVolume, SIDECAR, SIDECAR_ID, TOKEN_PATH } from './names.ts';
import { allContainers, type Container, ephemeralContainers, type Pod, readPod } from './pod.ts';
import { reaches } from './reach.ts';

export type HasSidecar = { readonly kind: 'yes' } | { readonly kind: 'no'; readonly why: string };

/** Why this container of the agent breaks the sidecar's isolation; undefined where it does not. */
function intrusion(container: Container, needsCaller: boolean): string | undefined {
  const [first, ...others] = reaches(container);
  if (container.targetContainerName === SIDECAR) return `container ${container.name} targets the sidecar`;
  if (first === undefined && !needsCaller) return undefined;
  if (first === undefined) return `container ${container.name} has no caller token`;
  const { mount } = first;
  const own =
    others.length === 0 &&
    mount !== undefined &&
    /^chaperone-agent-\d+$/.test(mount.name) &&
    mount.mountPath === TOKEN_PATH &&
    mount.readOnly === true;
  return own && needsCaller ? undefined : `container ${container.name} reaches a volume of the sidecar`;
}

function missing({ spec }: Pod, sidecar: Container | undefined): string | undefined {
  if (sidecar === undefined) return 'it has no sidecar';
  if (sidecar.restartPolicy !== 'Always') return 'its container chaperone is no native sidecar';
  if (sidecar.securityContext?.runAsUser !== SIDECAR_ID) return 'its sidecar runs as another user';
  if (spec.automountServiceAccountToken !== false) return 'it mounts its ServiceAccount token';
  const mounted = new Set(sidecar.volumeMounts?.map(({ name }) => name));
  const stray = spec.volumes?.find(({ name }) => isOurVolume(name) && !mounted.has(name));
  return stray && `its sidecar does not mount the volume ${stray.name}`;
}

function shared(containers: readonly Container[]): string | undefined {
  const names = containers.flatMap((container) =>
    reaches(container).flatMap(({ mount }) => mount?.name ?? []),
  );
  return new Set(names).size === names.length ? undefined : 'two of its containers share a caller token';
}

/**
 * Says whether a Pod, as the API server gives it, is governed by our sidecar, and if not why (for a log or an Event;
 * the answer to the caller need not say).
 *
 * The image is not compared: in a labelled namespace a pod comes into being only through the validating webhook, which
 * compared it exactly, and no update changes it. A pod that is older than its namespace's label can imitate the
 * structure under an image of its own. It also holds its real token, so an identity that only narrows that token gains
 * it nothing; whoever gives an attested pod more than its token must compare the image as well.
 */
export function hasOurSidecar(value: unknown): HasSidecar {
  const pod = readPod(value);
  if (pod === undefined) return { kind: 'no', why: 'it is no pod' };
  const sidecar = pod.spec.initContainers?.find(({ name }) => name === SIDECAR);
  const ephemeral = ephemeralContainers(pod).map(({ container }) => container);
  const others = allContainers(pod)
    .map(({ container }) => container)
    .filter((container) => container !== sidecar);
  const intrusions = others.map((container) => intrusion(container, !ephemeral.includes(container)));
  const why = missing(pod, sidecar) ?? intrusions.find((found) => found !== undefined) ?? shared(others);
  return why === undefined ? { kind: 'yes' } : { kind: 'no', why };
}
