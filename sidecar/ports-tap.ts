// What a port-forward opens and carries: each opening is asked of the policy, counted and recorded, what is said on it is not
// looked at.
import type { RecordingEvent } from '../streams/recording/recorded.ts';
import type { PortsTap, Side } from '../streams/relay.ts';

export interface PortsTapParts {
  /** Undefined: it may be opened; else what its error stream says. */
  readonly ask: (port: number) => string | undefined;
  readonly record: (event: RecordingEvent) => void;
}

export interface PortsSaid {
  fromAgent: number;
  fromServer: number;
  readonly opened: ReadonlySet<number>;
  readonly refused: ReadonlySet<number>;
}

export interface TappedPorts {
  readonly tap: PortsTap;
  readonly said: PortsSaid;
  /** Nothing more is said. */
  end(): void;
}

export function createPortsTap({ ask, record }: PortsTapParts): TappedPorts {
  const open = new Map<number, Record<Side, number>>();
  const opened = new Set<number>();
  const refused = new Set<number>();
  const said: PortsSaid = { fromAgent: 0, fromServer: 0, opened, refused };

  function closed(connection: number): void {
    const bytes = open.get(connection);
    if (bytes === undefined) return;
    open.delete(connection);
    record({ kind: 'closed', connection, fromAgent: bytes.agent, fromServer: bytes.server });
  }

  return {
    said,
    tap: {
      opened(connection, port) {
        const refusal = ask(port);
        (refusal === undefined ? opened : refused).add(port);
        if (refusal !== undefined) return refusal;
        open.set(connection, { agent: 0, server: 0 });
        record({ kind: 'opened', connection, port });
        return undefined;
      },
      passed(connection, from, bytes) {
        if (from === 'agent') said.fromAgent += bytes;
        else said.fromServer += bytes;
        const counted = open.get(connection);
        if (counted !== undefined) counted[from] += bytes;
      },
      closed,
    },
    end() {
      for (const connection of open.keys()) closed(connection);
    },
  };
}
