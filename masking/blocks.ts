// Text as UTF-8 in blocks of one size, as long as there is room for them: long texts cost what they are long, and no copy.
import type { Hold } from './growing-bytes.ts';

export interface Blocks {
  readonly length: number;
  /** False: there was no room for all of it. */
  append(text: string): boolean;
  /** All blocks, which are held no more. */
  take(): Uint8Array[];
}

const BLOCK_BYTES = 64 * 1024;
const encoder = new TextEncoder();

export function createBlocks(hold: Hold): Blocks {
  const full: Uint8Array[] = [];
  let block = new Uint8Array(0);
  let used = 0;
  let fullBytes = 0;

  function next(): boolean {
    if (used > 0) full.push(block.subarray(0, used));
    fullBytes += used;
    used = 0;
    block = new Uint8Array(BLOCK_BYTES);
    return hold((full.length + 1) * BLOCK_BYTES);
  }

  return {
    get length() {
      return fullBytes + used;
    },
    append(text) {
      for (let rest = text; rest !== ''; ) {
        const { read, written } = encoder.encodeInto(rest, block.subarray(used));
        used += written;
        rest = rest.slice(read);
        if (rest !== '' && !next()) return false;
      }
      return true;
    },
    take() {
      if (used > 0) full.push(block.subarray(0, used));
      used = 0;
      hold(0);
      return full;
    },
  };
}
