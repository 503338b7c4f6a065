// Lines over a stream of bytes: one JSON value a line, UTF-8, ended by a line feed. Pure, fed at any boundary.
// A line beyond the bound or not UTF-8 ends the reading: what came after it cannot be trusted to be what it seems.

/** The largest object that etcd takes is 1.5 MiB; a snapshot is one policy and its grants. */
export const MAX_LINE_BYTES = 2 * 1024 * 1024;

const LINE_FEED = 0x0a;

export type Line = { kind: 'line'; text: string } | { kind: 'broken'; why: string };

/** One message as a line. Throws a RangeError beyond `MAX_LINE_BYTES`: no reader would take it. */
export function printLine(message: unknown): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  if (line.length - 1 > MAX_LINE_BYTES) throw new RangeError(`a message of ${line.length} bytes is too long`);
  return line;
}

/**
 * A reader for one stream: give it every chunk in order, get the lines that the chunk completes. Holds at most
 * `maxLineBytes`, however small the chunks are. After `broken` it answers nothing more; close the stream then.
 */
export function readLines(maxLineBytes: number = MAX_LINE_BYTES): (chunk: Uint8Array) => Line[] {
  let held = new Uint8Array(0);
  let length = 0;
  let over = false;

  function hold(piece: Uint8Array): void {
    if (length + piece.length > held.length) {
      const grown = new Uint8Array(Math.min(maxLineBytes, 2 * (length + piece.length)));
      grown.set(held.subarray(0, length));
      held = grown;
    }
    held.set(piece, length);
    length += piece.length;
  }

  function next(piece: Uint8Array, ended: boolean): Line | undefined {
    if (length + piece.length > maxLineBytes) {
      return { kind: 'broken', why: `a line is longer than ${maxLineBytes} bytes` };
    }
    hold(piece);
    if (!ended) return undefined;
    const line = decode(held.subarray(0, length));
    length = 0;
    return line;
  }

  return (chunk) => {
    const lines: Line[] = [];
    for (let start = 0; start < chunk.length && !over; ) {
      const feed = chunk.indexOf(LINE_FEED, start);
      const end = feed === -1 ? chunk.length : feed;
      const line = next(chunk.subarray(start, end), feed !== -1);
      if (line !== undefined) lines.push(line);
      over = line?.kind === 'broken';
      start = end + 1;
    }
    return lines;
  };
}

function decode(bytes: Uint8Array): Line {
  try {
    return { kind: 'line', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'broken', why: 'a line is not UTF-8' };
  }
}
