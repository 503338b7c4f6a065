// The connections of a port-forward. Each is two streams, error and data, that name the same request and port; whether it may be
// opened is asked once, of the first of them (k8s.io/cri-streaming pkg/streaming/portforward/httpstream.go).
import type { PortsTap } from '../relay.ts';
import type { PortStream } from './port-stream.ts';

/** At once, which is 256 streams: more than a browser opens, and a bound on what an agent can have held for it. */
export const MAX_CONNECTIONS = 128;

export interface Connection {
  /** Among all that were ever asked for, from 0. */
  readonly number: number;
  readonly port: number;
  /** What its error stream says where it may not be opened. */
  readonly refusal: string | undefined;
}

export interface Connections {
  /** 'twice': it has that half already; 'otherPort': its other half names another; 'full': there is no room for it. */
  begin(stream: PortStream): Connection | 'twice' | 'otherPort' | 'full';
  /** A half of one that was opened is gone. */
  end(connection: Connection): void;
}

interface Halves {
  readonly connection: Connection;
  readonly request: string;
  readonly begun: Set<PortStream['half']>;
  gone: number;
}

export function createConnections(tap: PortsTap): Connections {
  /** Those of which one half is still to come, by request. */
  const waiting = new Map<string, Halves>();
  const live = new Map<Connection, Halves>();
  let asked = 0;

  const create = ({ port, request }: PortStream): Halves => {
    const number = asked;
    asked += 1;
    const connection = { number, port, refusal: tap.opened(number, port) };
    const halves = { connection, request, begun: new Set<PortStream['half']>(), gone: 0 };
    waiting.set(request, halves);
    live.set(connection, halves);
    return halves;
  };

  return {
    begin(stream) {
      const { half, port, request } = stream;
      const known = waiting.get(request);
      if (known === undefined && live.size === MAX_CONNECTIONS) return 'full';
      const halves = known ?? create(stream);
      const { connection, begun } = halves;
      if (connection.port !== port) return 'otherPort';
      if (begun.has(half)) return 'twice';
      begun.add(half);
      const isWhole = begun.size === 2;
      if (isWhole) waiting.delete(request);
      if (isWhole && connection.refusal !== undefined) live.delete(connection);
      return connection;
    },
    end(connection) {
      const halves = live.get(connection);
      if (halves === undefined) return;
      halves.gone += 1;
      if (halves.gone < halves.begun.size) return;
      // Where one half never came, a later one is a connection of its own.
      if (waiting.get(halves.request) === halves) waiting.delete(halves.request);
      live.delete(connection);
      tap.closed(connection.number);
    },
  };
}
