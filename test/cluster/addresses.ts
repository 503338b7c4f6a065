// Which addresses a cluster has: a block of its own for each index, out of the range kept for benchmarks
// (RFC 2544, 198.18.0.0/15), so that clusters stand side by side and none meets a network of the machine.
export interface Addresses {
  /** The machine's end of the link into the box; pods reach it. */
  readonly host: string;
  /** The box: the API server's address and the node's. */
  readonly node: string;
  readonly pods: string;
  /** Reached only inside the box, so every cluster has the same. */
  readonly services: string;
}

export const CLUSTERS = 64;

export function addressesOf(index: number): Addresses {
  if (!Number.isInteger(index) || index < 0 || index >= CLUSTERS) throw new RangeError(`no cluster ${index}`);
  return {
    host: `198.18.${index}.1`,
    node: `198.18.${index}.2`,
    pods: `198.19.${index}.0/24`,
    services: '10.96.0.0/16',
  };
}

/** The name of the link on the machine, and of the cgroup. */
export function nameOf(index: number): string {
  return `chaperone${index}`;
}
