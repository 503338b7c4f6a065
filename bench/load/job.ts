// What the load generator is told on its standard input, and what it says on its standard output, a line of JSON each.
import type { Load } from '../loads.ts';

export interface Job {
  readonly load: Load;
  /** `https://host:port`. */
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  /** Before anything is counted: connections are made, code is compiled. */
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** `begin` marks the moment from which on is counted. */
export type Said = { readonly at: 'begin' } | ({ readonly at: 'end' } & Counted);

export interface Counted {
  /** Requests or events of the window. */
  readonly count: number;
  readonly tookMs: number;
  /** Of a request, from its first byte to the answer's last; of events there is none. */
  readonly latency?: { readonly p50Ms: number; readonly p99Ms: number };
}
