// The channels of exec, attach and port-forward, and the protocols by which they are asked for, as data. Sources:
// k8s.io/apimachinery pkg/util/{remotecommand,portforward}/constants.go, k8s.io/streaming pkg/httpstream/wsstream/doc.go.
import type { Channel, Side } from './relay.ts';

/** Where a channel stands here is its number in a WebSocket; its name is its `streamType` in SPDY. */
export const CHANNELS = [
  'stdin',
  'stdout',
  'stderr',
  'error',
  'resize',
] as const satisfies readonly Channel[];

/** Who speaks on it; the other side only listens. */
export const SPEAKER = {
  stdin: 'agent',
  stdout: 'server',
  stderr: 'server',
  error: 'server',
  resize: 'agent',
} as const satisfies Record<Channel, Side>;

/** In the place of a channel's number: the channel whose number follows is closed (v5 alone). */
export const CLOSE_SIGNAL = 255;

export interface CommandProtocol {
  /** How the end is told on the error channel: words, or a Status in JSON. */
  readonly status: 'text' | 'json';
  readonly closeSignal: boolean;
  readonly base64: boolean;
}

const V1: CommandProtocol = { status: 'text', closeSignal: false, base64: false };
const V4: CommandProtocol = { ...V1, status: 'json' };
const V5: CommandProtocol = { ...V4, closeSignal: true };

/** By the value of `X-Stream-Protocol-Version`; empty where there is none. */
export const SPDY_COMMAND_PROTOCOLS: ReadonlyMap<string, CommandProtocol> = new Map([
  ['v4.channel.k8s.io', V4],
  ['v3.channel.k8s.io', V1],
  ['v2.channel.k8s.io', V1],
  ['channel.k8s.io', V1],
  ['', V1],
]);

/** By the value of `Sec-WebSocket-Protocol`; empty where there is none. */
export const WEBSOCKET_COMMAND_PROTOCOLS: ReadonlyMap<string, CommandProtocol> = new Map([
  ['v5.channel.k8s.io', V5],
  ...SPDY_COMMAND_PROTOCOLS,
  ['v4.base64.channel.k8s.io', { ...V4, base64: true }],
  ['base64.channel.k8s.io', { ...V1, base64: true }],
]);

export interface PortsProtocol {
  readonly base64: boolean;
}

/** The same for port-forward with its ports in the query: a data and an error channel for each, in their order. */
export const WEBSOCKET_PORTS_PROTOCOLS: ReadonlyMap<string, PortsProtocol> = new Map([
  ['v4.channel.k8s.io', { base64: false }],
  ['v4.base64.channel.k8s.io', { base64: true }],
  ['', { base64: false }],
]);

/** Port-forward over SPDY (`X-Stream-Protocol-Version`), and that in the messages of a WebSocket. */
export const SPDY_PORTS_PROTOCOL = 'portforward.k8s.io';
export const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';
