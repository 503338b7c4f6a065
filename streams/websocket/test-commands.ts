// An exec as a test holds it: the relay with its tap, and the messages that are said to it.
import { CHANNELS, type CommandProtocol, WEBSOCKET_COMMAND_PROTOCOLS } from '../channels.ts';
import type { ReadAlong } from '../last-words.ts';
import type { Channel } from '../relay.ts';
import { createWebSocketCommand } from './command.ts';
import { BINARY, bytes, type Frame, TEXT, utf8 } from './test-frames.ts';
import { type KeepingTap, keepingTap } from './test-taps.ts';

function protocolOf(name: string): CommandProtocol {
  const protocol = WEBSOCKET_COMMAND_PROTOCOLS.get(name);
  if (protocol === undefined) throw new Error(name);
  return protocol;
}

export const V5 = 'v5.channel.k8s.io';
export const BASE64 = 'v4.base64.channel.k8s.io';

/** With every channel, a tap that passes all on and a person at stderr, unless told otherwise. */
export function command(
  name = V5,
  options: { tap?: KeepingTap; readAlong?: ReadAlong; channels?: readonly Channel[] } = {},
) {
  const defaults = { tap: keepingTap(), readAlong: 'stderr' as const, channels: CHANNELS };
  const { tap, readAlong, channels } = { ...defaults, ...options };
  const random = (size: number) => new Uint8Array(size).fill(9);
  const asked = { protocol: protocolOf(name), channels: new Set(channels), readAlong, tap };
  return { tap, relay: createWebSocketCommand({ ...asked, random }) };
}

/** A message as the protocol has it. */
export function message(name: string, channel: Channel | 255, said: Uint8Array): Frame {
  const number = channel === 255 ? 255 : CHANNELS.indexOf(channel);
  if (!name.includes('base64')) return { opcode: BINARY, payload: bytes(number, ...said) };
  return { opcode: TEXT, payload: utf8(`${number}${Buffer.from(said).toString('base64')}`) };
}

export const whole = (one: Frame) => ({ ...one, final: true });
export const closing = (channel: Channel) => message(V5, 255, bytes(CHANNELS.indexOf(channel)));
