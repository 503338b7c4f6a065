// What stands between a WebSocket's frames and what is said in it: messages, read in pieces and passed on whole.
import type { Fault, Last, Side } from '../relay.ts';

/** What has come of a message now. Of every message one piece is first and one last, perhaps the same. */
export interface Piece {
  /** Sent as text (UTF-8, which the reader has checked), not as binary. */
  readonly text: boolean;
  readonly first: boolean;
  readonly last: boolean;
  /** Unmasked. May be empty. */
  readonly bytes: Uint8Array;
}

/** Whole, in parts that follow each other: they are joined where its frame is printed. */
export type Message = readonly Uint8Array[];

/** As `Passed`, of what is not bytes yet. */
export interface Going<T> {
  readonly kind: 'passed';
  readonly toAgent: readonly T[];
  readonly toServer: readonly T[];
  readonly over: boolean;
}

/** A Relay of messages. Asked for nothing more once it is over. */
export interface MessageRelay {
  /** Pieces that one read gave with nothing between them. */
  read(from: Side, pieces: readonly Piece[]): Going<Message> | Fault;
  /** At most once of each side. */
  ended(from: Side): Going<Message>;
  end(last: Last): Going<Message>;
}

export const NOTHING: Going<never> = { kind: 'passed', toAgent: [], toServer: [], over: false };

export const otherSide = (side: Side): Side => (side === 'agent' ? 'server' : 'agent');

export const passedTo = <T>(side: Side, all: readonly T[]): Going<T> =>
  side === 'agent' ? { ...NOTHING, toAgent: all } : { ...NOTHING, toServer: all };

/** The one after the other. */
export const together = <T>(all: readonly Going<T>[]): Going<T> => ({
  kind: 'passed',
  toAgent: all.flatMap(({ toAgent }) => toAgent),
  toServer: all.flatMap(({ toServer }) => toServer),
  over: all.some(({ over }) => over),
});
