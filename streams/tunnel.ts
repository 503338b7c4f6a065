// port-forward over SPDY in the binary messages of a WebSocket, whose borders mean nothing (client-go tools/portforward
// tunneling_connection.go; k8s.io/apiserver pkg/util/proxy streamtunnel.go).
import { closedUp } from './joined.ts';
import type { Passed, Relay } from './relay.ts';
import { createSpdyPorts, type SpdyPorts } from './spdy/ports.ts';
import type { Random } from './websocket/frame-printer.ts';
import type { Going, Message } from './websocket/messages.ts';
import { createWebSocketRelay } from './websocket/relay.ts';

export function createTunnelledPorts({ tap, inflate, random }: SpdyPorts & { random: Random }): Relay {
  const ports = createSpdyPorts({ tap, inflate });
  const { read, ended, end } = createWebSocketRelay({
    isText: false,
    random,
    inner: {
      read(from, pieces) {
        if (pieces.some(({ text }) => text))
          return { kind: 'fault', from, why: 'a message of the tunnel is text' };
        const passed = ports.read(from, closedUp(pieces.map(({ bytes }) => bytes)));
        return passed.kind === 'fault' ? passed : inMessages(passed);
      },
      ended: (from) => inMessages(ports.ended(from)),
      end: (last) => inMessages(ports.end(last)),
    },
  });
  return { read, ended, end };
}

/** One message a side of all that goes there now. */
const inMessages = ({ toAgent, toServer, ...rest }: Passed): Going<Message> => ({
  ...rest,
  toAgent: toAgent.length === 0 ? [] : [toAgent],
  toServer: toServer.length === 0 ? [] : [toServer],
});
