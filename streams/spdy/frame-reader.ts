// Reads the frames of one direction from bytes that are cut anywhere. A control frame is gathered up to its bound; a data frame
// of any length is passed on in the pieces in which it comes, and nothing of it is kept.
import { readControl } from './control-frame.ts';
import { CONTROL, FIN, type Frame, HEAD_BYTES, type Malformed, malformed, VERSION } from './frame.ts';
import { createUnpacker, type Inflate } from './packed.ts';

/** A header block of Kubernetes' has a hundred bytes; moby's own bound is 16 MiB. */
export const MAX_CONTROL_BYTES = 64 * 1024;

/** The frame that has begun. */
interface Begun {
  /** Bytes that are still to come. */
  left: number;
  piece(bytes: Uint8Array): void;
  whole(): Malformed | undefined;
}

/** Gives the frames that a chunk completes, in order; of a data frame what the chunk holds of it. Malformed is the end. */
export function createFrameReader(inflate: Inflate): (chunk: Uint8Array) => readonly Frame[] | Malformed {
  const unpack = createUnpacker(inflate);
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  let headBytes = 0;
  let begun: Begun | undefined;
  let frames: Frame[] = [];

  const data = (length: number): Begun | Malformed => {
    const id = head.getUint32(0);
    const flags = head.getUint8(4);
    if ((flags & ~FIN) !== 0) return malformed('a data frame has an unknown flag');
    return {
      left: length,
      piece: (bytes) => frames.push({ kind: 'data', id, bytes }),
      whole() {
        if (flags === FIN) frames.push({ kind: 'fin', id });
        return undefined;
      },
    };
  };

  const control = (length: number): Begun | Malformed => {
    if (head.getUint16(0) !== (CONTROL >>> 16) + VERSION)
      return malformed('a control frame is not of SPDY/3');
    if (length > MAX_CONTROL_BYTES) return malformed('a control frame is longer than its bound');
    const type = head.getUint16(2);
    const flags = head.getUint8(4);
    const payload = new Uint8Array(length);
    let filled = 0;
    return {
      left: length,
      piece(bytes) {
        payload.set(bytes, filled);
        filled += bytes.length;
      },
      whole() {
        const read = readControl(type, flags, payload, unpack);
        if (read?.kind === 'malformed') return read;
        if (read !== undefined) frames.push(read);
        return undefined;
      },
    };
  };

  const begin = (): Begun | Malformed => {
    const length = head.getUint32(4) & 0xff_ffff;
    return head.getUint32(0) >= CONTROL ? control(length) : data(length);
  };

  return (chunk) => {
    frames = [];
    for (let at = 0; at < chunk.length; ) {
      if (begun === undefined) {
        head.setUint8(headBytes, chunk[at] ?? 0);
        headBytes = (headBytes + 1) % HEAD_BYTES;
        at += 1;
        if (headBytes > 0) continue;
        const next = begin();
        if ('kind' in next) return next;
        begun = next;
      } else {
        const piece = chunk.subarray(at, at + begun.left);
        begun.piece(piece);
        begun.left -= piece.length;
        at += piece.length;
      }
      if (begun.left > 0) continue;
      const end = begun.whole();
      if (end !== undefined) return end;
      begun = undefined;
    }
    return frames;
  };
}
