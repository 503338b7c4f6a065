// The figures of streams, as tables.
import { table } from '../report.ts';
import { summarize } from '../statistics.ts';

export const WAYS = ['direct', 'through'] as const;
export type Way = (typeof WAYS)[number];

type Both = Readonly<Record<Way, readonly number[]>>;

export interface Figures {
  readonly size: { readonly fileBytes: number; readonly execs: number; readonly watches: number };
  /** Milliseconds of each key. */
  readonly echo: Both;
  /** MB a second of each copy, by kubectl. */
  readonly cp: readonly { readonly name: string; readonly rates: Readonly<Record<'there' | 'back', Both>> }[];
  readonly beforeMiB: number;
  readonly peakMiB: number;
}

const percentile = (values: readonly number[], of: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * of) - 1] ?? Number.NaN;

export function report({ echo, cp, beforeMiB, peakMiB, size }: Figures): string {
  const rows = cp.flatMap(({ name, rates }) =>
    (['there', 'back'] as const).map((where) => {
      const [one, other] = WAYS.map((way) => summarize(rates[where][way]).median) as [number, number];
      return [`${name}, ${where}`, one.toFixed(0), other.toFixed(0), `${((100 * other) / one).toFixed(0)} %`];
    }),
  );
  const keys = [0.5, 0.99].map((of) => {
    const [one, other] = WAYS.map((way) => percentile(echo[way], of)) as [number, number];
    return [`p${of * 100}`, one.toFixed(2), other.toFixed(2), (other - one).toFixed(2)];
  });
  return [
    table([[`kubectl cp of ${size.fileBytes / 1e6} MB, MB/s`, 'direct', 'sidecar', 'of direct'], ...rows]),
    table([['echo of a key, ms', 'direct', 'sidecar', 'added'], ...keys]),
    `${size.execs} execs and ${size.watches} watches at once: peak RSS ${peakMiB} MiB (after the copies ${beforeMiB})`,
    '',
  ].join('\n');
}
