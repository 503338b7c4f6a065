// What is asked of each proxy: the rows of the table. Paths, sizes and numbers of connections are those by which peers were
// measured, so that ratios can be compared.
import { PATHS } from './bodies.ts';

export interface Load {
  /** The row's name. */
  readonly name: string;
  readonly counts: 'requests' | 'events';
  readonly path: string;
  readonly protocol: 'h1' | 'h2';
  readonly connections: number;
  /** Calls at once on each connection. */
  readonly streams: number;
  /** A new connection with a whole handshake for each request. */
  readonly fresh?: boolean;
  readonly status: number;
  /** Fewer bytes a request mean that something else was measured. */
  readonly minBytes: number;
}

const get = {
  counts: 'requests',
  path: PATHS.one,
  protocol: 'h1',
  connections: 1,
  streams: 1,
  status: 200,
  minBytes: 1000,
} as const;

/** Of this one latency is told: nothing waits for another call. */
export const ONE_AT_A_TIME: Load = { ...get, name: 'GET 1 KB, one by one' };

export const LOADS: readonly Load[] = [
  { ...get, name: 'GET 1 KB, h1 ×16', connections: 16 },
  { ...get, name: 'GET 1 KB, h2 2×8', protocol: 'h2', connections: 2, streams: 8 },
  ONE_AT_A_TIME,
  { ...get, name: 'new TLS connection', connections: 4, fresh: true },
  { ...get, name: 'list 220 KB', path: PATHS.list, connections: 4, minBytes: 215_000 },
  { ...get, name: '100 Secrets, 180 KB', path: PATHS.secrets, connections: 4, minBytes: 30_000 },
  { ...get, name: 'refused', path: PATHS.refused, connections: 16, status: 403, minBytes: 0 },
  { ...get, name: 'watch, an event', counts: 'events', path: PATHS.watch, connections: 8 },
];
