// A relay between two peers in tests. Its streams are named by a header; each says what becomes of it, and goes on as it comes.
import type { Passed, Side } from '../relay.ts';
import { type Frame, malformed } from './frame.ts';
import { createSpdyRelay } from './relay.ts';
import { bytes, createPeer, inflate, type Peer } from './test-peer.ts';
import type { Opened } from './use.ts';

export const open = (id: number, name: string): Frame => ({
  kind: 'synStream',
  id,
  headers: new Map([['name', name]]),
});
export const reply = (id: number): Frame => ({ kind: 'synReply', id });
export const data = (id: number, text: string): Frame => ({ kind: 'data', id, bytes: bytes(text) });
export const fin = (id: number): Frame => ({ kind: 'fin', id });
export const rst = (id: number): Frame => ({ kind: 'rstStream', id, status: 5 });

/** What each side hears; a side that hears nothing is left out. */
export type Heard = Partial<Record<Side, readonly Frame[]>>;

export const hearing = (peers: Record<Side, Peer>, { toAgent, toServer }: Omit<Passed, 'kind'>): Heard => ({
  ...(toAgent.length > 0 && { agent: peers.agent.hears(toAgent) }),
  ...(toServer.length > 0 && { server: peers.server.hears(toServer) }),
});

const SPECIAL: Readonly<Record<string, Opened<string>>> = {
  answered: { kind: 'answered', bytes: bytes('no') },
  refused: { kind: 'refused' },
};

export function createTestRelay() {
  /** What was asked about streams that ended. */
  const asked: string[] = [];
  const note = (line: string) => {
    asked.push(line);
    return line;
  };
  const relay = createSpdyRelay<string>(inflate, {
    opened(_id, headers) {
      const name = headers.get('name') ?? '';
      if (name === 'malformed') return malformed('a stream is not of this call');
      return SPECIAL[name] ?? { kind: 'opened', stream: name };
    },
    data: (_name, _from, said) => (Buffer.from(said).toString() === 'mute' ? undefined : [said]),
    finished: (name, from) => [bytes(note(`${name}: the ${from} ends`))],
    gone: (name) => note(`${name}: gone`),
  });
  const peers = { agent: createPeer(), server: createPeer() };
  const heardOf = (passed: Passed) => hearing(peers, passed);
  return {
    relay,
    peers,
    asked,
    heardOf,
    say(from: Side, ...frames: readonly Frame[]): Heard {
      const read = relay.read(from, peers[from].says(...frames));
      if (read.kind === 'fault') throw new Error(read.why);
      return heardOf(read);
    },
  };
}
