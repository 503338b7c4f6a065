// Frames written and read by hand for tests, apart from the code they test.
import type { Passed, Relay, Side } from '../relay.ts';

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly final?: boolean;
}

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const joined = (all: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(all));

const MASK = [0xa1, 0x5c, 0x3e, 0x07];

/** As its sender writes it: the agent under a mask. */
export function frame(from: Side, { opcode, payload, final = true }: Frame): Uint8Array {
  const mask = from === 'agent' ? 0x80 : 0;
  const size = payload.length;
  const length =
    size < 126
      ? [size | mask]
      : size < 65536
        ? [126 | mask, size >> 8, size & 255]
        : [127 | mask, 0, 0, 0, 0, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255];
  const first = (final ? 0x80 : 0) | opcode;
  if (from === 'server') return joined([bytes(first, ...length), payload]);
  return joined([bytes(first, ...length, ...MASK), payload.map((byte, i) => byte ^ (MASK[i % 4] ?? 0))]);
}

/** The frames of what was sent to one side, which must be whole; every one of the server's masked, none of the agent's. */
export function frames(to: Side, wire: Uint8Array): readonly Required<Frame>[] {
  const read: Required<Frame>[] = [];
  for (let at = 0; at < wire.length; ) {
    const [first = 0, second = 0] = wire.subarray(at);
    if (second >> 7 !== (to === 'server' ? 1 : 0)) throw new Error('masked the wrong way');
    const short = second & 127;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    let size = extra === 0 ? short : 0;
    for (const byte of wire.subarray(at + 2, at + 2 + extra)) size = size * 256 + byte;
    at += 2 + extra;
    const mask = to === 'server' ? wire.subarray(at, at + 4) : bytes(0, 0, 0, 0);
    if (to === 'server') at += 4;
    if (at + size > wire.length) throw new Error('cut in a frame');
    const payload = wire.slice(at, at + size).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
    read.push({ opcode: first & 15, final: first >> 7 === 1, payload });
    at += size;
  }
  return read;
}

/** What came of it all, for each side. */
export interface Heard {
  readonly agent: readonly Required<Frame>[];
  readonly server: readonly Required<Frame>[];
  readonly over: boolean;
}

export function heard(all: readonly Passed[]): Heard {
  return {
    agent: frames('agent', joined(all.flatMap(({ toAgent }) => toAgent))),
    server: frames('server', joined(all.flatMap(({ toServer }) => toServer))),
    over: all.at(-1)?.over ?? false,
  };
}

/** Says it all to a relay, cut at the places named, and expects no fault. */
export function say(relay: Relay, from: Side, wire: Uint8Array, cuts: readonly number[] = []): Passed[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), wire.length];
  return places.slice(1).map((to, i) => {
    const passed = relay.read(from, wire.slice(places[i] ?? 0, to));
    if (passed.kind === 'fault') throw new Error(passed.why);
    return passed;
  });
}

/** Every way to cut in two, and a byte at a time. */
export const everyCut = (size: number): number[][] => [
  ...Array.from({ length: size + 1 }, (_, at) => [at]),
  Array.from({ length: size }, (_, at) => at),
];
