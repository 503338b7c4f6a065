// Since when the configuration has named each namespace without a gap, as far as that can be told from some of its states:
// also a gap that nobody saw ends it. Pure.

/** API servers take a change up by a watch, each for itself. */
export const SETTLED_MS = 3_000;

/** One state of the configuration. */
export interface Seen {
  readonly uid: string;
  /** One more with each change of the webhooks (upstream pkg/registry/admissionregistration, PrepareForUpdate). */
  readonly generation: number;
  /** The namespaces whose agents are asked about. */
  readonly named: ReadonlySet<string>;
}

/** The state seen last, and since when each of its namespaces was seen in it and in all before; monotonic ms. */
export interface Standing extends Seen {
  readonly since: ReadonlyMap<string, number>;
}

/** Between a state and the one after it nothing stood: only then what both name has stood all the while. */
export function standingSince(before: Standing | undefined, seen: Seen, nowMs: number): Standing {
  const changes = before?.uid === seen.uid ? seen.generation - before.generation : Number.NaN;
  const known = changes === 0 || changes === 1 ? before?.since : undefined;
  return { ...seen, since: new Map([...seen.named].map((each) => [each, known?.get(each) ?? nowMs])) };
}

/** How long until it is settled: 0 once it is, Infinity where it is not named. */
export function settlesInMs(standing: Standing | undefined, namespace: string, nowMs: number): number {
  return Math.max(0, (standing?.since.get(namespace) ?? Number.POSITIVE_INFINITY) + SETTLED_MS - nowMs);
}
