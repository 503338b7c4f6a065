// Prints the frames of one direction: the only bytes of SPDY that a side ever gets. Whatever a frame said that `Frame` does not
// hold (flags, priorities, associated streams, what its header block was compressed with) is not in them.
import { CONTROL, FIN, type Frame, HEAD_BYTES, TYPES, VERSION } from './frame.ts';
import { printHeaders } from './header-block.ts';
import { createPacker } from './packed.ts';

/** A length has 24 bits; moby makes room for a whole frame at once. */
const MAX_DATA_BYTES = 1024 * 1024;

const NO_HEADERS = printHeaders(new Map());
const NOTHING = new Uint8Array(0);

/** Prints frames in the order in which they are given. Data is not copied. */
export function createFramePrinter(): (frame: Frame) => readonly Uint8Array[] {
  const pack = createPacker();
  return (frame) => {
    switch (frame.kind) {
      case 'synStream':
        return [control(frame.kind, [frame.id, 0], [0, 0], pack(printHeaders(frame.headers)))];
      case 'synReply':
        return [control(frame.kind, [frame.id], [], pack(NO_HEADERS))];
      case 'rstStream':
        return [control(frame.kind, [frame.id, frame.status])];
      case 'ping':
        return [control(frame.kind, [frame.id])];
      case 'goAway':
        return [control(frame.kind, [frame.lastId, frame.status])];
      case 'fin':
        return [head(frame.id, FIN, 0)];
      case 'data':
        return dataFrames(frame.id, frame.bytes);
    }
  };
}

function dataFrames(id: number, bytes: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MAX_DATA_BYTES) {
    const piece = bytes.subarray(at, at + MAX_DATA_BYTES);
    frames.push(head(id, 0, piece.length), piece);
  }
  return frames;
}

function control(
  kind: 'synStream' | 'synReply' | 'rstStream' | 'ping' | 'goAway',
  words: readonly number[],
  bytes: readonly number[] = [],
  block: Uint8Array = NOTHING,
): Uint8Array {
  const length = 4 * words.length + bytes.length + block.length;
  const frame = new Uint8Array(HEAD_BYTES + length);
  const view = new DataView(frame.buffer);
  frame.set(head(CONTROL + VERSION * 0x1_0000 + TYPES[kind], 0, length));
  words.forEach((word, i) => {
    view.setUint32(HEAD_BYTES + 4 * i, word);
  });
  frame.set(bytes, HEAD_BYTES + 4 * words.length);
  frame.set(block, frame.length - block.length);
  return frame;
}

function head(word: number, flags: number, length: number): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, word);
  view.setUint32(4, flags * 0x100_0000 + length);
  return bytes;
}
