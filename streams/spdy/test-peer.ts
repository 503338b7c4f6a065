// One end of an SPDY connection in tests: it compresses header blocks as zlib does, each with what came before it, and reads what
// it is sent.
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { joined } from '../joined.ts';
import { DICTIONARY } from './dictionary.ts';
import type { Frame } from './frame.ts';
import { createFramePrinter } from './frame-printer.ts';
import { createFrameReader } from './frame-reader.ts';
import { printHeaders } from './header-block.ts';
import type { Inflate } from './packed.ts';

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
export const NO_BYTES = new Uint8Array(0);

export const inflate: Inflate = (deflated, dictionary, maxBytes) => {
  try {
    const finishFlush = constants.Z_SYNC_FLUSH;
    return inflateRawSync(deflated, { dictionary, maxOutputLength: maxBytes, finishFlush });
  } catch {
    return undefined;
  }
};

/** As moby's compressor packs them. */
export function createZlibPacker(): (block: Uint8Array) => Uint8Array {
  let history = DICTIONARY;
  let head = hex('78f9e3c6a7c2');
  return (block) => {
    const dictionary = history.slice(-32 * 1024);
    const deflated = deflateRawSync(block, { dictionary, finishFlush: constants.Z_SYNC_FLUSH });
    const packed = joined([head, deflated]);
    history = joined([history, block]);
    head = NO_BYTES;
    return packed;
  };
}

export interface Peer {
  says(...frames: readonly Frame[]): Uint8Array;
  /** Data frames of one stream that follow each other are one. */
  hears(chunks: readonly Uint8Array[]): readonly Frame[];
}

export function createPeer(): Peer {
  const pack = createZlibPacker();
  const print = createFramePrinter();
  const read = createFrameReader(inflate);
  return {
    says: (...frames) =>
      joined(
        frames.map((frame) => {
          if (frame.kind === 'synStream') {
            return control(1, [frame.id, 0], [0, 0], pack(printHeaders(frame.headers)));
          }
          if (frame.kind === 'synReply') return control(2, [frame.id], [], pack(printHeaders(new Map())));
          return joined(print(frame));
        }),
      ),
    hears(chunks) {
      const frames = read(joined(chunks));
      if ('kind' in frames) throw new Error(frames.why);
      return together(frames);
    },
  };
}

/** A control frame of any type. */
export function control(
  type: number,
  words: readonly number[],
  rest: readonly number[] = [],
  block: Uint8Array = NO_BYTES,
): Uint8Array {
  const payload = joined([...words.map(word), Uint8Array.from(rest), block]);
  return joined([word(0x8003_0000 + type), word(payload.length), payload]);
}

export const word = (number: number): Uint8Array => {
  const four = new DataView(new ArrayBuffer(4));
  four.setUint32(0, number);
  return new Uint8Array(four.buffer);
};

export function together(frames: readonly Frame[]): readonly Frame[] {
  const all: Frame[] = [];
  for (const frame of frames) {
    const before = all.at(-1);
    if (frame.kind === 'data' && before?.kind === 'data' && before.id === frame.id) {
      all[all.length - 1] = { ...frame, bytes: joined([before.bytes, frame.bytes]) };
    } else all.push(frame.kind === 'data' ? { ...frame, bytes: Uint8Array.from(frame.bytes) } : frame);
  }
  return all;
}

/** The whole, cut at these places. */
export function cutAt(whole: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return cuts.slice(1).map((end, i) => whole.subarray(cuts[i], end));
}

/** Frames that Kubernetes sends. */
export function anyFrame(): fc.Arbitrary<Frame> {
  const id = fc.integer({ min: 1, max: 0x7fff_ffff });
  const number = fc.integer({ min: 1, max: 0xffff_ffff });
  const name = fc.stringMatching(/^[!-@[-~]{1,20}$/);
  const value = fc.stringMatching(/^[ -~]{0,60}$/);
  const headers = fc.array(fc.tuple(name, value), { maxLength: 32 }).map((all) => new Map(all));
  return fc.oneof(
    fc.record({ kind: fc.constant('synStream' as const), id, headers }),
    fc.record({ kind: fc.constant('synReply' as const), id }),
    fc.record({ kind: fc.constant('rstStream' as const), id, status: number }),
    fc.record({ kind: fc.constant('ping' as const), id: number }),
    fc.record({ kind: fc.constant('goAway' as const), lastId: id, status: number }),
    fc.record({
      kind: fc.constant('data' as const),
      id,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    }),
    fc.record({ kind: fc.constant('fin' as const), id }),
  );
}
