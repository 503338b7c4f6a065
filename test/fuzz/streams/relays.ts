// Every relay of streams/, each with a tap that writes down what is said by channel or connection.
import { createHash, randomBytes } from 'node:crypto';
import { inflate } from '../../../sidecar/inflate.ts';
import {
  CHANNELS,
  type CommandProtocol,
  SPDY_COMMAND_PROTOCOLS,
  WEBSOCKET_COMMAND_PROTOCOLS,
} from '../../../streams/channels.ts';
import type { CommandTap, PortsTap, Relay } from '../../../streams/relay.ts';
import { createSpdyCommand } from '../../../streams/spdy/command.ts';
import { createSpdyPorts } from '../../../streams/spdy/ports.ts';
import { createTunnelledPorts } from '../../../streams/tunnel.ts';
import { createWebSocketCommand } from '../../../streams/websocket/command.ts';
import { createWebSocketPorts } from '../../../streams/websocket/ports.ts';

/** What the bytes on the wire are made of. */
export type Wire = 'websocket' | 'spdy' | 'tunnel';

export interface Fuzzed {
  readonly name: string;
  readonly wire: Wire;
  readonly of: 'command' | 'ports';
  readonly isBase64: boolean;
  /** It has the close signal of v5. */
  readonly closes: boolean;
  make(): { readonly relay: Relay; said(): string };
}

const random = (bytes: number): Uint8Array => randomBytes(bytes);

/** A digest of what was said, whatever pieces it came in. */
function notes() {
  const all = new Map<string, ReturnType<typeof createHash>>();
  const of = (name: string) => all.get(name) ?? all.set(name, createHash('sha1')).get(name);
  return {
    note: (name: string, bytes: Uint8Array | string) => void of(name)?.update(bytes),
    said: () =>
      [...all]
        .map(([name, hash]) => `${name}=${hash.copy().digest('hex')}`)
        .sort()
        .join(),
  };
}

function commandTap() {
  const { note, said } = notes();
  const tap: CommandTap = {
    data(channel, bytes) {
      note(channel, bytes);
      return [bytes];
    },
    closed(channel) {
      note('closed', `${channel} `);
      return [];
    },
  };
  return { tap, said };
}

function portsTap() {
  const { note, said } = notes();
  const counts = new Map<string, number>();
  const tap: PortsTap = {
    opened(connection, port) {
      note('opened', `${connection} ${port} `);
      return port === 22 ? 'not this port' : undefined;
    },
    passed(connection, from, bytes) {
      const name = `${connection} ${from}`;
      counts.set(name, (counts.get(name) ?? 0) + bytes);
    },
    closed: (connection) => note('closed', `${connection} `),
  };
  return { tap, said: () => `${said()} ${JSON.stringify([...counts].sort())}` };
}

const command = (name: string, protocol: CommandProtocol, wire: 'websocket' | 'spdy'): Fuzzed => ({
  name: `${wire} ${name || 'none'}`,
  wire,
  of: 'command',
  isBase64: protocol.base64,
  closes: protocol.closeSignal,
  make() {
    const { tap, said } = commandTap();
    const options = { protocol, channels: new Set(CHANNELS), readAlong: 'stderr', tap } as const;
    const relay =
      wire === 'websocket'
        ? createWebSocketCommand({ ...options, random })
        : createSpdyCommand({ ...options, inflate });
    return { relay, said };
  },
});

const ports = (name: string, wire: Wire, isBase64: boolean, make: (tap: PortsTap) => Relay): Fuzzed => ({
  name,
  wire,
  of: 'ports',
  isBase64,
  closes: false,
  make() {
    const { tap, said } = portsTap();
    return { relay: make(tap), said };
  },
});

export const QUERY_PORTS = [80, 8080];

export const FUZZED: readonly Fuzzed[] = [
  ...[...WEBSOCKET_COMMAND_PROTOCOLS].map(([name, protocol]) => command(name, protocol, 'websocket')),
  ...[...SPDY_COMMAND_PROTOCOLS].map(([name, protocol]) => command(name, protocol, 'spdy')),
  ports('SPDY ports', 'spdy', false, (tap) => createSpdyPorts({ tap, inflate })),
  ports('tunnelled ports', 'tunnel', false, (tap) => createTunnelledPorts({ tap, inflate, random })),
  ...[false, true].map((base64) =>
    ports(`websocket ports${base64 ? ' in base64' : ''}`, 'websocket', base64, (tap) =>
      createWebSocketPorts({ protocol: { base64 }, ports: QUERY_PORTS, tap, random }),
    ),
  ),
];
