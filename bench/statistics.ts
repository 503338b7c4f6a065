// The few numbers that say what many say: the median, how far apart the rest are, and a percentile.

export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

function sorted(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('of no value there is no summary');
  return values.toSorted((a, b) => a - b);
}

/** The value that `share` (0 to 1) of all do not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const inOrder = sorted(values);
  const rank = Math.max(1, Math.ceil(share * inOrder.length));
  return inOrder[rank - 1] ?? Number.NaN;
}

export function summarize(values: readonly number[]): Summary {
  const inOrder = sorted(values);
  const at = (index: number): number => inOrder[index] ?? Number.NaN;
  const middle = Math.floor(inOrder.length / 2);
  return {
    median: inOrder.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2,
    least: at(0),
    most: at(inOrder.length - 1),
  };
}

/** How far the values lie apart, half the range as a share of the median: 0.05 is "± 5 %". */
export function spread({ median, least, most }: Summary): number {
  return (most - least) / 2 / median;
}
