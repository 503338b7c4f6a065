// A part of a line as text, and which bytes its characters were: read as UTF-8, a character cut at either end aside.
import type { Span } from './span.ts';

export interface PartText {
  readonly text: string;
  /** The same, which are apart and in order, by byte of the part. */
  inBytes(spans: readonly Span[]): readonly Span[];
}

/** What is no UTF-8 is read as one character a byte. */
export function textOfPart(bytes: Uint8Array): PartText {
  const [from, to] = [firstWhole(bytes), lastWhole(bytes)];
  const text = from < to ? strictly(bytes.subarray(from, to)) : undefined;
  if (text === undefined) return { text: byByte.decode(bytes), inBytes: (spans) => spans };
  return {
    text,
    inBytes(spans) {
      let index = 0;
      let byte = from;
      const byteAt = (next: number) => {
        byte += encoder.encode(text.slice(index, next)).length;
        index = next;
        return byte;
      };
      return spans.map((span) => ({ ...span, start: byteAt(span.start), end: byteAt(span.end) }));
    },
  };
}

function strictly(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** But for a character at its end of which bytes are missing. */
export function withoutCutEnd(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, lastWhole(bytes));
}

const isInner = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

function firstWhole(bytes: Uint8Array): number {
  let at = 0;
  while (at < 3 && isInner(bytes[at])) at += 1;
  return at;
}

/** Before a first byte of several, of which the last ones are not there. */
function lastWhole(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at > bytes.length - 4 && isInner(bytes[at])) at -= 1;
  const first = bytes[at] ?? 0;
  const size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + size > bytes.length ? Math.max(at, 0) : bytes.length;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const byByte = new TextDecoder('latin1');
const encoder = new TextEncoder();
