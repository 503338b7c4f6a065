// What stands between a WebSocket's frames and what is said in it: messages, read in pieces and passed on whole.
import type { Fault, Last, Passed, Side } from '../relay.ts';

/** What has come of a message now. Of every message one piece is first and one last, perhaps the same. */
export interface Piece {
  /** Sent as text (UTF-8, which the reader has checked), not as binary. */
  readonly text: boolean;
  readonly first: boolean;
  readonly last: boolean;
  /** Unmasked. May be empty. */
  readonly bytes: Uint8Array;
}

/** A Relay of messages: every Uint8Array of what it passes is one whole message. Asked for nothing more once it is over. */
export interface MessageRelay {
  read(from: Side, piece: Piece): Passed | Fault;
  /** At most once of each side. */
  ended(from: Side): Passed;
  end(last: Last): Passed;
}

export const NOTHING: Passed = { kind: 'passed', toAgent: [], toServer: [], over: false };

export const otherSide = (side: Side): Side => (side === 'agent' ? 'server' : 'agent');

export const passedTo = (side: Side, bytes: readonly Uint8Array[]): Passed => ({
  ...NOTHING,
  [side === 'agent' ? 'toAgent' : 'toServer']: bytes,
});

/** The one after the other. */
export const together = (all: readonly Passed[]): Passed => ({
  kind: 'passed',
  toAgent: all.flatMap(({ toAgent }) => toAgent),
  toServer: all.flatMap(({ toServer }) => toServer),
  over: all.some(({ over }) => over),
});
