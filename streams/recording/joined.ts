// Bytes of one channel that come within milliseconds, as one piece: a line a byte would cost twenty. A character that its piece's
// end has split begins that channel's next one.
import { unfinished } from './utf8.ts';

/** Escaped, six times as much. */
const PIECE_BYTES = 8 * 1024;
const JOIN_MS = 10;
/** A key and its echo are less. */
const FIRST_BYTES = 64;
const NONE = new Uint8Array(0);

export interface Piece<Channel> {
  readonly channel: Channel;
  /** Good until the next call. */
  readonly bytes: Uint8Array;
  /** Of its first byte. */
  readonly atMs: number;
}

export interface Joining<Channel> {
  /** Copies them. What comes before it is whole, and what is as long as a piece may be. */
  add(channel: Channel, bytes: Uint8Array, atMs: number, whole: (piece: Piece<Channel>) => void): void;
  /** What has been joined, without a character that is not there whole. */
  take(): Piece<Channel> | undefined;
  /** Takes of a channel the beginning of a character. */
  rest(channel: Channel): Uint8Array;
  readonly bytes: number;
  /** When it is to be taken, on the caller's clock; infinite: there is none. */
  readonly dueAtMs: number;
}

export function createJoining<Channel>(): Joining<Channel> {
  /** As large as what is joined: of the recordings there are, most are silent. */
  let buffer = NONE;
  const begun = new Map<Channel, Uint8Array>();
  let current: { readonly channel: Channel; readonly atMs: number } | undefined;
  let length = 0;

  function rest(channel: Channel): Uint8Array {
    const bytes = begun.get(channel) ?? new Uint8Array(0);
    begun.delete(channel);
    return bytes;
  }

  function begin(channel: Channel, atMs: number): void {
    const before = rest(channel);
    length = 0;
    append(before);
    current = { channel, atMs };
  }

  function append(bytes: Uint8Array): void {
    const end = length + bytes.length;
    if (end > buffer.length) {
      const larger = new Uint8Array(Math.min(Math.max(end, 2 * buffer.length, FIRST_BYTES), PIECE_BYTES));
      larger.set(buffer.subarray(0, length));
      buffer = larger;
    }
    buffer.set(bytes, length);
    length = end;
  }

  function take(): Piece<Channel> | undefined {
    if (current === undefined) return undefined;
    const { channel, atMs } = current;
    const end = length - unfinished(buffer.subarray(0, length));
    const bytes = buffer.subarray(0, end);
    if (end < length) begun.set(channel, buffer.slice(end, length));
    current = undefined;
    length = 0;
    buffer = NONE;
    return end > 0 ? { channel, bytes, atMs } : undefined;
  }

  return {
    add(channel, bytes, atMs, whole) {
      const give = (): void => {
        const piece = take();
        if (piece !== undefined) whole(piece);
      };
      if (current !== undefined && (current.channel !== channel || atMs >= current.atMs + JOIN_MS)) give();
      for (let at = 0; at < bytes.length; ) {
        if (current === undefined) begin(channel, atMs);
        const next = bytes.subarray(at, at + PIECE_BYTES - length);
        append(next);
        at += next.length;
        if (length === PIECE_BYTES) give();
      }
    },
    take,
    rest,
    get bytes() {
      return length;
    },
    get dueAtMs() {
      return current === undefined ? Number.POSITIVE_INFINITY : current.atMs + JOIN_MS;
    },
  };
}
