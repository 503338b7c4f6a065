// Messages that begin with the number of a channel: one byte, or in base64 one character from '0' on
// (k8s.io/streaming pkg/httpstream/wsstream/conn.go).
import { closedUp, joined } from '../joined.ts';
import type { Fault, Side } from '../relay.ts';
import { createBase64Decoder, printBase64 } from './base64.ts';
import { type Malformed, malformed } from './frame-head.ts';
import { type Going, type Message, type Piece, together } from './messages.ts';

/** What has come of a message: of which channel, and what it says there, decoded. */
export interface Numbered {
  readonly channel: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly bytes: Uint8Array;
}

const ZERO = 0x30;

/** Undefined: no number has come yet, or the message ended without one, which upstream passes over too. */
type ReadNumbered = (piece: Piece) => Numbered | Malformed | undefined;

function createPieceReader(isBase64: boolean): ReadNumbered {
  let message: { readonly channel: number; readonly decode: Decode } | undefined;

  return ({ bytes, last }) => {
    const first = message === undefined;
    const [number] = bytes;
    if (message === undefined) {
      if (number === undefined) return undefined;
      message = isBase64
        ? { channel: number - ZERO, decode: createBase64Decoder() }
        : { channel: number, decode: (piece) => piece };
    }
    const { channel, decode } = message;
    if (last) message = undefined;
    const decoded = decode(first ? bytes.subarray(1) : bytes, last);
    return decoded === undefined
      ? malformed('a message is not base64')
      : { channel, first, last, bytes: decoded };
  };
}

type Decode = ReturnType<typeof createBase64Decoder>;

/**
 * Of one side: what pieces that came at once say. Pieces of one channel after each other are one, where `isWhole` does not say
 * that its messages are read each for itself: a thousand messages of one byte cost no more than one of a thousand.
 */
export function createNumberReader(
  isBase64: boolean,
  isWhole: (channel: number) => boolean,
): (pieces: readonly Piece[]) => readonly Numbered[] | Malformed {
  const read = createPieceReader(isBase64);

  return (pieces) => {
    const runs: Numbered[][] = [];
    for (const piece of pieces) {
      const said = read(piece);
      if (said === undefined) continue;
      if ('kind' in said) return said;
      const run = runs.at(-1);
      if (run?.[0]?.channel === said.channel && !isWhole(said.channel)) run.push(said);
      else runs.push([said]);
    }
    return runs.map(asOne);
  };
}

/** Of one channel, at least one. */
function asOne(run: readonly Numbered[]): Numbered {
  const [begin, end] = [run[0], run.at(-1)] as [Numbered, Numbered];
  return { ...begin, last: end.last, bytes: closedUp(run.map(({ bytes }) => bytes)) };
}

/** What comes of all that one side has said, until something of it is a fault. */
export function eachOf(
  all: readonly Numbered[] | Malformed,
  from: Side,
  hear: (from: Side, said: Numbered) => Going<Message> | Fault,
): Going<Message> | Fault {
  if ('kind' in all) return { kind: 'fault', from, why: all.why };
  const passed: Going<Message>[] = [];
  for (const said of all) {
    const next = hear(from, said);
    if (next.kind === 'fault') return next;
    passed.push(next);
  }
  return together(passed);
}

/** One whole message of what stands in these parts. */
export function printNumbered(isBase64: boolean, channel: number, parts: readonly Uint8Array[]): Message {
  return isBase64
    ? [Uint8Array.of(ZERO + channel), printBase64(joined(parts))]
    : [Uint8Array.of(channel), ...parts];
}
