// A tap for tests: it writes down what it was asked and, of what is said, passes on what it is told to.
import type { Channel, CommandTap, PortsTap, Side } from '../relay.ts';
import { joined, utf8 } from './test-frames.ts';

export interface KeepingTap extends CommandTap {
  /** By channel, all that was said on it. */
  said(channel: Channel): Uint8Array;
  readonly closings: readonly Channel[];
}

/** `change`: what goes on of the bytes; `rest`: what it has kept of a channel until that is closed. */
export function keepingTap({
  change = (bytes: Uint8Array): readonly Uint8Array[] => [bytes],
  rest = {} as Partial<Record<Channel, string>>,
} = {}): KeepingTap {
  const all: [Channel, Uint8Array][] = [];
  const closings: Channel[] = [];
  return {
    closings,
    said: (channel) => joined(all.filter(([of]) => of === channel).map(([, bytes]) => bytes)),
    data: (channel, bytes) => {
      all.push([channel, bytes]);
      return change(bytes);
    },
    closed: (channel) => {
      closings.push(channel);
      const kept = rest[channel];
      return kept === undefined ? [] : [utf8(kept)];
    },
  };
}

/** Refuses the ports named; writes the rest down. */
export function countingTap(refused: Readonly<Record<number, string>> = {}): PortsTap & {
  readonly opened: PortsTap['opened'];
  readonly events: string[];
  count(connection: number, from: Side): number;
} {
  const events: string[] = [];
  const counts = new Map<string, number>();
  return {
    events,
    count: (connection, from) => counts.get(`${connection} ${from}`) ?? 0,
    opened: (connection, port) => {
      events.push(`open ${connection} ${port}`);
      return refused[port];
    },
    passed: (connection, from, bytes) => {
      const key = `${connection} ${from}`;
      counts.set(key, (counts.get(key) ?? 0) + bytes);
    },
    closed: (connection) => events.push(`close ${connection}`),
  };
}
