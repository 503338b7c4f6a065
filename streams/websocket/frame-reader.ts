// Reads a WebSocket's frames as their bytes come, however they are cut: messages in pieces, never held, and control frames whole.
// What it holds is less than one head and one control frame.

import { joined } from '../joined.ts';
import { type Closing, readClosing } from './close.ts';
import { type Head, isControl, type Malformed, malformed, readHead, restOfHead } from './frame-head.ts';
import { applyMask } from './mask.ts';
import type { Piece } from './messages.ts';
import { createUtf8Check } from './utf8.ts';

export type Said =
  | ({ readonly kind: 'piece' } & Piece)
  | { readonly kind: 'ping' | 'pong'; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly closing: Closing };

/** A chunk's masks are taken off in place. After a close frame nothing more is read; after `malformed` nothing may be asked of it. */
export type FrameReader = (chunk: Uint8Array) => readonly Said[] | Malformed;

/** Of one side. `isMasked`: whether that side must mask. */
export function createFrameReader(isMasked: boolean): FrameReader {
  const gather = createGatherer();
  const readPiece = createPieceReader();
  let start: Uint8Array | undefined;
  let frame: { readonly head: Head; taken: number } | undefined;
  let isClosed = false;

  return (chunk) => {
    const said: Said[] = [];
    const rest = { bytes: chunk };
    while (!isClosed) {
      if (frame === undefined) {
        start ??= gather(2, rest);
        const more = start && gather(restOfHead(start[1] ?? 0), rest);
        if (start === undefined || more === undefined) break;
        const head = readHead(joined([start, more]), isMasked);
        if ('kind' in head) return head;
        start = undefined;
        frame = { head, taken: 0 };
      }
      const { head, taken } = frame;
      const bytes = isControl(head.opcode) ? gather(head.length, rest) : take(head.length - taken, rest);
      if (bytes === undefined) break;
      frame = taken + bytes.length < head.length ? { head, taken: taken + bytes.length } : undefined;
      if (head.mask !== undefined) applyMask(bytes, head.mask, taken);
      const next = isControl(head.opcode)
        ? readControl(head, bytes)
        : readPiece(head, bytes, taken === 0, frame === undefined);
      if (next.kind === 'malformed') return next;
      said.push(next);
      isClosed = next.kind === 'close';
    }
    return said;
  };
}

interface Rest {
  bytes: Uint8Array;
}

/** What there is of the bytes that are missing; undefined where some are and there is none. */
function take(missing: number, rest: Rest): Uint8Array | undefined {
  const taken = rest.bytes.subarray(0, missing);
  rest.bytes = rest.bytes.subarray(missing);
  return taken.length === 0 && missing > 0 ? undefined : taken;
}

/** Holds what has come of a few bytes that are wanted whole. */
function createGatherer(): (size: number, rest: Rest) => Uint8Array | undefined {
  let held: Uint8Array = new Uint8Array(0);
  return (size, rest) => {
    const taken = take(size - held.length, rest);
    const all = held.length === 0 && taken !== undefined ? taken : joined([held, ...(taken ? [taken] : [])]);
    // What has come of them is copied: it outlives its chunk.
    held = all.length < size ? all.slice() : new Uint8Array(0);
    return all.length < size ? undefined : all;
  };
}

function readControl({ opcode }: Head, bytes: Uint8Array): Said | Malformed {
  if (opcode === 'ping' || opcode === 'pong') return { kind: opcode, bytes };
  const closing = readClosing(bytes);
  return closing === 'malformed'
    ? malformed('a close frame says what none may say')
    : { kind: 'close', closing };
}

/** Knows which message the frames are of. */
function createPieceReader() {
  let message: { readonly isText: ReturnType<typeof createUtf8Check> | undefined } | undefined;

  return (head: Head, bytes: Uint8Array, beginsFrame: boolean, endsFrame: boolean): Said | Malformed => {
    const first = beginsFrame && head.opcode !== 'continuation';
    if (first && message !== undefined)
      return malformed('a message begins before the one before it has ended');
    if (first) message = { isText: head.opcode === 'text' ? createUtf8Check() : undefined };
    if (message === undefined) return malformed('a frame continues no message');
    const { isText } = message;
    const last = endsFrame && head.final;
    if (last) message = undefined;
    if (isText?.(bytes, last) === false) return malformed('a text is not UTF-8');
    return { kind: 'piece', text: isText !== undefined, first, last, bytes };
  };
}
