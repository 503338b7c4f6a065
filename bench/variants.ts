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

const SMALL_HEAP = ['--max-semi-space-size=1', '--max-old-space-size=48'];

const isFlag = (word: string): boolean => word.startsWith('--');

const withFlags =
  (flags: readonly string[]): Variant['change'] =>
  (shipped) => {
    const [node = '', ...rest] = shipped.command.filter((word) => !isFlag(word));
    return { ...shipped, command: [node, ...flags, ...rest] };
  };

/** What the heap's flags are worth, whichever way the chart decided; and what the spans cost. */
export function comparedWith(shippedCommand: readonly string[]): Variant[] {
  const heap = shippedCommand.some(isFlag)
    ? { name: 'node-heap', change: withFlags([]) }
    : { name: 'small-heap', change: withFlags(SMALL_HEAP) };
  const spanless: Variant = {
    name: 'no-spans',
    change: ({ otlpEndpoint: _none, ...rest }) => rest as never,
  };
  return [heap, spanless];
}
