// exec and attach between two peers in tests: five channels, opened and answered, and a tap that says what it is asked.
import { SPDY_COMMAND_PROTOCOLS } from '../channels.ts';
import type { Channel, CommandTap, Passed, Side } from '../relay.ts';
import { createSpdyCommand } from './command.ts';
import type { Frame } from './frame.ts';
import { bytes, createPeer, inflate } from './test-peer.ts';
import { hearing, reply } from './test-relay.ts';

export const CHANNELS: readonly Channel[] = ['error', 'stdin', 'stdout', 'stderr', 'resize'];

export const openAs = (id: number, type: string): Frame => ({
  kind: 'synStream',
  id,
  headers: new Map([['streamtype', type]]),
});

/** Says what it is asked; what it is given goes on in capitals, and what it kept behind it. */
function createTap() {
  const asked: string[] = [];
  const tap: CommandTap = {
    data(channel, said) {
      asked.push(`${channel} ${Buffer.from(said)}`);
      return [bytes(Buffer.from(said).toString().toUpperCase())];
    },
    closed(channel) {
      asked.push(`${channel} closed`);
      return [bytes(`<${channel}>`)];
    },
  };
  return { asked, tap };
}

/** `channels`: opened, of those that were `wanted`. A person reads stderr, or where that was not, stdout. */
export function createTestCommand(version = 'v4.channel.k8s.io', channels = CHANNELS, wanted = CHANNELS) {
  const protocol = SPDY_COMMAND_PROTOCOLS.get(version);
  if (protocol === undefined) throw new Error(version);
  const { asked, tap } = createTap();
  const readAlong = wanted.includes('stderr') ? 'stderr' : 'stdout';
  const relay = createSpdyCommand({ protocol, channels: new Set(wanted), readAlong, tap, inflate });
  const peers = { agent: createPeer(), server: createPeer() };
  const idOf = (channel: Channel) => 2 * channels.indexOf(channel) + 1;
  const heard = (passed: Passed) => hearing(peers, passed);
  const say = (from: Side, ...frames: readonly Frame[]) => {
    const read = relay.read(from, peers[from].says(...frames));
    return read.kind === 'fault' ? read.why : heard(read);
  };
  const begun = say('agent', ...channels.map((channel) => openAs(idOf(channel), channel)));
  say('server', ...channels.map((channel) => reply(idOf(channel))));
  return { relay, peers, asked, idOf, heard, say, begun };
}

/** What is said on one stream. */
export const textOf = (frames: readonly Frame[] | undefined, id: number) =>
  (frames ?? [])
    .map((frame) => (frame.kind === 'data' && frame.id === id ? `${Buffer.from(frame.bytes)}` : ''))
    .join('');
