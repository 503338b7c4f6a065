// Prints the frames that go to one side: each message in one frame, with a new mask where frames must be masked.

import { joined } from '../joined.ts';
import { type Closing, printClosing } from './close.ts';
import { type Opcode, printHead } from './frame-head.ts';
import { applyMask } from './mask.ts';
import type { Message } from './messages.ts';

/** So many bytes that nobody can foresee. */
export type Random = (bytes: number) => Uint8Array;

/** Each gives the bytes of one frame. */
export interface FramePrinter {
  /** Long parts are masked where they lie, and are part of the frame. */
  message(parts: Message): readonly Uint8Array[];
  control(kind: 'ping' | 'pong', bytes: Uint8Array): readonly Uint8Array[];
  close(closing: Closing): readonly Uint8Array[];
}

/** A frame up to here is copied into one piece: cheaper than three of its own. */
const WORTH_PIECES = 1024;

/** `random`: for the masks of what goes to the server; undefined to the agent, where frames have none. */
export function createFramePrinter(isText: boolean, random: Random | undefined): FramePrinter {
  const nextMask = random && createMasks(random);
  const frame = (opcode: Opcode, said: Message): readonly Uint8Array[] => {
    const mask = nextMask?.();
    const length = said.reduce((size, part) => size + part.length, 0);
    const head = printHead({ opcode, final: true, length, mask });
    const parts = length < WORTH_PIECES ? [joined(said)] : said;
    if (mask !== undefined) maskAll(parts, mask);
    return length < WORTH_PIECES ? [joined([head, ...parts])] : [head, ...parts];
  };
  return {
    message: (parts) => frame(isText ? 'text' : 'binary', parts),
    control: (kind, bytes) => frame(kind, [bytes]),
    close: (closing) => frame('close', [printClosing(closing)]),
  };
}

function maskAll(parts: Message, mask: Uint8Array): void {
  let at = 0;
  for (const part of parts) {
    applyMask(part, mask, at);
    at += part.length;
  }
}

const MASK_BYTES = 4;
/** Drawn at once: one by one they would take longer than all else of a short frame. */
const MASKS = 64;

/** Each is used once. */
function createMasks(random: Random): () => Uint8Array {
  let drawn = new Uint8Array(0);
  return () => {
    if (drawn.length === 0) drawn = new Uint8Array(random(MASKS * MASK_BYTES));
    const mask = drawn.subarray(0, MASK_BYTES);
    drawn = drawn.subarray(MASK_BYTES);
    return mask;
  };
}
