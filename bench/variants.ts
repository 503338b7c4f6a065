// The sidecars that stand side by side: the one that the chart gives to every agent, and those it is compared with.

/** What of the chart's configuration a variant may change. */
interface Changeable {
  readonly command: readonly string[];
  readonly otlpEndpoint?: string;
}

export interface Variant {
  /** The column, and the pod. */
  readonly name: string;
  readonly change: <Config extends Changeable>(shipped: Config) => Config;
}

export const SHIPPED: Variant = { name: 'sidecar', change: (shipped) => shipped };

/** What the heap's bounds are worth, and what the spans cost. */
export const COMPARED: readonly Variant[] = [
  {
    name: 'node-heap',
    change: (shipped) => ({
      ...shipped,
      command: shipped.command.filter((word) => !word.startsWith('--')),
    }),
  },
  { name: 'no-spans', change: ({ otlpEndpoint: _none, ...rest }) => rest as never },
];
