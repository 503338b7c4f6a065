// How much a recording writes in full. What the agent types has a room of its own, so that nothing it makes a command print, and no
// size of a terminal, takes the place of its words; bulk that is no terminal's (kubectl cp) is soon told by digests.
import type { RecordedStream } from './recorded.ts';

const MIB = 1024 * 1024;

/** What is typed by its bytes, however a line spells them (six for one, where who types wants it), all else by its lines. */
interface Bounds {
  /** stdin. */
  readonly typed: number;
  /** stdout and stderr. */
  readonly shown: number;
  /** Sizes of the terminal. */
  readonly sizes: number;
  /** Connections of a port-forward. */
  readonly connections: number;
}

const TERMINAL: Bounds = { typed: 4 * MIB, shown: 11 * MIB, sizes: MIB, connections: 0 };
const BULK: Bounds = { typed: MIB, shown: MIB, sizes: MIB, connections: 0 };
const PORTS: Bounds = { typed: 0, shown: 0, sizes: 0, connections: 16 * MIB };

export function boundsOf(stream: RecordedStream): Bounds {
  if (stream.kind === 'portforward') return PORTS;
  return stream.tty ? TERMINAL : BULK;
}

/** A room that once had no place for a line has none for what comes after it: so what is there has no gap. */
export interface Room {
  /** For a line of so many bytes, or that says as many. False: there is none. */
  take(bytes: number): boolean;
  readonly isFull: boolean;
}

/** Of a line, its moment and its code. */
const LINE_BYTES = 16;

export function createRoom(maxBytes: number): Room {
  let left = maxBytes;
  return {
    take(bytes) {
      if (left >= 0) left -= bytes + LINE_BYTES;
      return left >= 0;
    },
    get isFull() {
      return left < 0;
    },
  };
}
