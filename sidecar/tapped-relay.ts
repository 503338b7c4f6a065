// The relay of what a stream has switched to, and the tap on it: which codec reads which protocol, and what became of it.
import { randomBytes } from 'node:crypto';
import type { PortsOptions, StreamOptions } from '../policy/stream-options.ts';
import {
  CHANNELS,
  SPDY_COMMAND_PROTOCOLS,
  TUNNEL_PROTOCOL,
  WEBSOCKET_COMMAND_PROTOCOLS,
  WEBSOCKET_PORTS_PROTOCOLS,
} from '../streams/channels.ts';
import type { ReadAlong } from '../streams/last-words.ts';
import type { Channel, CommandRelay, Last, Passed, PortsTap, Relay } from '../streams/relay.ts';
import { createSpdyCommand } from '../streams/spdy/command.ts';
import { createSpdyPorts } from '../streams/spdy/ports.ts';
import { createTunnelledPorts } from '../streams/tunnel.ts';
import { createWebSocketCommand } from '../streams/websocket/command.ts';
import { createWebSocketPorts } from '../streams/websocket/ports.ts';
import type { StreamSaid } from './call.ts';
import { type CommandTapParts, createCommandTap } from './command-tap.ts';
import { inflate } from './inflate.ts';
import type { Offer } from './offer.ts';
import { createPortsTap, type PortsTapParts } from './ports-tap.ts';

/** What was switched to, and what for. */
export interface Spoken {
  readonly options: StreamOptions;
  readonly upgrade: Offer['upgrade'];
  readonly protocol: string;
}

export interface TappedParts
  extends Omit<CommandTapParts, 'protocol' | 'say'>,
    Omit<PortsTapParts, 'record'> {
  /** Goes out besides what either side calls for. */
  readonly send: (make: () => Passed) => void;
}

export interface TappedRelay {
  readonly relay: Relay;
  /** What has been said so far. */
  said(): StreamSaid;
  /** Nothing more is said; `last`: it was cut with that. */
  end(last: Last | undefined): void;
}

const random = (bytes: number): Uint8Array => randomBytes(bytes);

export function createTappedRelay(spoken: Spoken, parts: TappedParts): TappedRelay {
  const { options } = spoken;
  return options.kind === 'portforward'
    ? tappedPorts(spoken, options, parts)
    : tappedCommand(spoken, options, parts);
}

type CommandAsked = Exclude<StreamOptions, PortsOptions>;

/** With a terminal the server has no stderr, and looks at no size without one (k8s.io/cri-streaming remotecommand NewOptions). */
function channelsOf({ stdin, stdout, stderr, tty }: CommandAsked): ReadonlySet<Channel> {
  const asked = { stdin, stdout, stderr: stderr && !tty, error: true, resize: tty };
  return new Set(CHANNELS.filter((channel) => asked[channel]));
}

/** A terminal has one output, on which errors are read too. */
function readAlongOf({ tty, stdout, stderr }: CommandAsked): ReadAlong {
  if (tty) return stdout ? 'stdout' : undefined;
  return stderr ? 'stderr' : undefined;
}

function tappedCommand(
  { upgrade, protocol: name }: Spoken,
  asked: CommandAsked,
  parts: TappedParts,
): TappedRelay {
  const known = upgrade === 'websocket' ? WEBSOCKET_COMMAND_PROTOCOLS : SPDY_COMMAND_PROTOCOLS;
  const protocol = known.get(name);
  if (protocol === undefined) throw new Error(`no codec reads ${name}`);
  const tapped = createCommandTap({
    ...parts,
    protocol,
    say: (channel, bytes) => parts.send(() => relay.say(channel, bytes)),
  });
  const readAlong = readAlongOf(asked);
  const command = { protocol, channels: channelsOf(asked), readAlong, tap: tapped.tap };
  const relay: CommandRelay =
    upgrade === 'websocket'
      ? createWebSocketCommand({ ...command, random })
      : createSpdyCommand({ ...command, inflate });
  return {
    relay,
    said: () => tapped.said,
    end(last) {
      tapped.end();
      if (last !== undefined) tapped.cut(last, readAlong);
    },
  };
}

function tappedPorts(
  { upgrade, protocol }: Spoken,
  { ports }: PortsOptions,
  parts: TappedParts,
): TappedRelay {
  const { tap, said, end } = createPortsTap(parts);
  return {
    relay: portsRelay(upgrade, protocol, ports, tap),
    said: () => ({
      ...said,
      ports: [...said.opened],
      portsRefused: [...said.refused],
    }),
    end,
  };
}

function portsRelay(upgrade: Offer['upgrade'], name: string, ports: readonly number[], tap: PortsTap): Relay {
  if (upgrade === 'SPDY/3.1') return createSpdyPorts({ tap, inflate });
  if (name === TUNNEL_PROTOCOL) return createTunnelledPorts({ tap, inflate, random });
  const protocol = WEBSOCKET_PORTS_PROTOCOLS.get(name);
  if (protocol === undefined) throw new Error(`no codec reads ${name}`);
  return createWebSocketPorts({ protocol, ports, tap, random });
}
