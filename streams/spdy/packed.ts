// Header blocks as they travel: pieces of one zlib stream a direction, each ending on a flush (RFC 1950, RFC 1951). What is read
// is inflated block by block; what is printed is stored as it is, so that no compressor's state ties two streams together.

import { joined } from '../joined.ts';
import { DICTIONARY, DICTIONARY_ID } from './dictionary.ts';

/**
 * Raw inflate of one piece that ends on a flush, with what came out before it (at most 32 KiB) as its dictionary.
 * Undefined: it is broken, or more than `maxBytes` come out.
 */
export type Inflate = (
  deflated: Uint8Array,
  dictionary: Uint8Array,
  maxBytes: number,
) => Uint8Array | undefined;

/** Inflated. A block of Kubernetes' has a hundred. */
export const MAX_BLOCK_BYTES = 16 * 1024;

/** Deflate refers no further back. */
const WINDOW_BYTES = 32 * 1024;

/** Deflate by a window of 32 KiB; with a dictionary; a check sum over both bytes: RFC 1950, section 2.2. */
const ZLIB_HEAD_BYTES = 6;
const DEFLATE_32K = 0x78;
const FDICT = 0x20;

/** An empty stored block: what a flush leaves at its end, and what makes Go's reader give out what came before it. */
const FLUSH = [0x00, 0x00, 0xff, 0xff];

/** Reads the blocks of one direction in their order. Undefined: broken, or too long; nothing after it can be read. */
export function createUnpacker(inflate: Inflate): (packed: Uint8Array) => Uint8Array | undefined {
  let history = DICTIONARY;
  let first = true;
  return (packed) => {
    if (first && !isZlibHead(packed)) return undefined;
    const deflated = first ? packed.subarray(ZLIB_HEAD_BYTES) : packed;
    if (!endsOnFlush(deflated)) return undefined;
    const block = inflate(deflated, history, MAX_BLOCK_BYTES);
    if (block === undefined) return undefined;
    first = false;
    history = joined([history, block]).slice(-WINDOW_BYTES);
    return block;
  };
}

/** Prints the blocks of one direction in their order, each at most MAX_BLOCK_BYTES. */
export function createPacker(): (block: Uint8Array) => Uint8Array {
  let first = true;
  return (block) => {
    const head = first ? [DEFLATE_32K, FDICT, ...fourBytes(DICTIONARY_ID)] : [];
    first = false;
    const low = block.length & 0xff;
    const high = block.length >> 8;
    const stored = [0x00, low, high, low ^ 0xff, high ^ 0xff];
    return joined([Uint8Array.of(...head, ...stored), block, Uint8Array.of(0x00, ...FLUSH)]);
  };
}

function isZlibHead(packed: Uint8Array): boolean {
  if (packed.length < ZLIB_HEAD_BYTES) return false;
  const view = new DataView(packed.buffer, packed.byteOffset);
  const flags = view.getUint8(1);
  return (
    view.getUint8(0) === DEFLATE_32K &&
    (flags & FDICT) !== 0 &&
    view.getUint16(0) % 31 === 0 &&
    view.getUint32(2) === DICTIONARY_ID
  );
}

const endsOnFlush = (deflated: Uint8Array): boolean =>
  FLUSH.every((byte, i) => deflated.at(i - FLUSH.length) === byte);

const fourBytes = (number: number): readonly number[] =>
  [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff);
