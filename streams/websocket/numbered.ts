// Messages that begin with the number of a channel: one byte, or in base64 one character from '0' on
// (k8s.io/streaming pkg/httpstream/wsstream/conn.go).
import { createBase64Decoder, printBase64 } from './base64.ts';
import { type Malformed, malformed } from './frame-head.ts';
import type { Piece } from './messages.ts';

/** What has come of a message: of which channel, and what it says there, decoded. */
export interface Numbered {
  readonly kind: 'numbered';
  readonly channel: number;
  readonly first: boolean;
  readonly last: boolean;
  readonly bytes: Uint8Array;
}

const ZERO = 0x30;

/** Of one side. Undefined: no number has come yet, or the message ended without one, which upstream passes over too. */
export function createNumberReader(isBase64: boolean): (piece: Piece) => Numbered | Malformed | undefined {
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
    if (decoded === undefined) return malformed('a message is not base64');
    return { kind: 'numbered', channel, first, last, bytes: decoded };
  };
}

type Decode = ReturnType<typeof createBase64Decoder>;

/** One whole message. */
export function printNumbered(isBase64: boolean, channel: number, bytes: Uint8Array): Uint8Array {
  const said = isBase64 ? printBase64(bytes) : bytes;
  const message = new Uint8Array(1 + said.length);
  message[0] = isBase64 ? ZERO + channel : channel;
  message.set(said, 1);
  return message;
}
