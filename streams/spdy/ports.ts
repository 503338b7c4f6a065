// port-forward over SPDY (k8s.io/cri-streaming pkg/streaming/portforward/httpstream.go; client-go tools/portforward). A connection
// whose port is refused never reaches the server: its error stream says why, and both its streams end.
import type { PortsTap, Relay } from '../relay.ts';
import { type Connection, createConnections } from './connections.ts';
import { malformed } from './frame.ts';
import type { Inflate } from './packed.ts';
import { type PortStream, readPortStream } from './port-stream.ts';
import { createSpdyRelay } from './relay.ts';

export interface SpdyPorts {
  readonly tap: PortsTap;
  readonly inflate: Inflate;
}

interface Half {
  readonly half: PortStream['half'];
  readonly of: Connection;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** When it is ended from here, the error stream of every connection says so. */
export function createSpdyPorts({ tap, inflate }: SpdyPorts): Relay {
  const connections = createConnections(tap);
  const relay = createSpdyRelay<Half>(inflate, {
    opened(id, headers) {
      const stream = readPortStream(id, headers);
      if (stream === undefined) return malformed('a stream is none of port-forward');
      const connection = connections.begin(stream);
      if (connection === 'full') return { kind: 'refused' };
      if (connection === 'twice') return malformed('a stream of a connection is opened twice');
      if (connection === 'otherPort') return malformed('the streams of a connection name two ports');
      const { half } = stream;
      if (connection.refusal === undefined) return { kind: 'opened', stream: { half, of: connection } };
      return { kind: 'answered', bytes: half === 'error' ? encoder.encode(connection.refusal) : NOTHING };
    },
    data({ half, of }, from, bytes) {
      if (half === 'error') return from === 'server' ? [bytes] : undefined;
      tap.passed(of.number, from, bytes.length);
      return [bytes];
    },
    finished: () => [],
    gone: ({ of }) => connections.end(of),
  });
  return {
    read: relay.read,
    ended: relay.ended,
    end: (last) => relay.end(({ half }) => (half === 'error' ? encoder.encode(last.message) : NOTHING)),
  };
}
