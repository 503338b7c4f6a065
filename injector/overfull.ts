// How large a pod may be. Counted on the bare JSON, before anything of a pod is read, so that no pod is read that is larger.

/** Agent containers, as many as the sidecar takes (CHAPERONE_AGENT_CONTAINERS). */
export const MAX_AGENTS = 100;
/** The pod's own, and ours: a few, and one an agent container. */
const MAX_VOLUMES = 500;

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);

/** The list of a pod that is longer than any that is governed here, told before anything else of it is read. */
export function overfull(value: unknown): string | undefined {
  const { spec } = (value ?? {}) as { spec?: Readonly<Record<string, unknown>> | null };
  const { containers, initContainers, ephemeralContainers, volumes } = spec ?? {};
  // The sidecar itself is the one more.
  if (lengthOf(initContainers) + lengthOf(containers) > MAX_AGENTS + 1) return 'spec.containers';
  if (lengthOf(ephemeralContainers) > MAX_AGENTS) return 'spec.ephemeralContainers';
  return lengthOf(volumes) > MAX_VOLUMES ? 'spec.volumes' : undefined;
}
