// A recording as asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2): a header line, then `[seconds, code, data]`.
// Players show code `o` and leave out what they do not know. Its size is bounded: what goes beyond is told by length and digest.
import { headerOf } from './header.ts';
import type { RecordingEvent, RecordingHeader } from './recorded.ts';
import { unfinished } from './utf8.ts';

/** Of the lines of one recording; what comes after it is written as digests. */
export const MAX_LINES_BYTES = 16 * 1024 * 1024;
/** Of data in one line: escaped, six times as much. */
const PIECE_BYTES = 8 * 1024;
/** So much of one channel stands in one digest. */
const DIGEST_BYTES = 1024 * 1024;

/** SHA-256 of what comes piece by piece; `hex` ends it. */
export interface Digest {
  update(bytes: Uint8Array): void;
  hex(): string;
}

/** What a runtime does best. */
export interface Spelling {
  sha256(): Digest;
  /** Undefined: they are not UTF-8. */
  textOf(bytes: Uint8Array): string | undefined;
  base64Of(bytes: Uint8Array): string;
}

/** Lines are JSON without a line feed; times are ms since the recording began. */
export interface Cast {
  readonly header: string;
  write(event: RecordingEvent, atMs: number): string[];
  /** What has been waiting for the rest of its character, or of its digest. */
  end(atMs: number): string[];
}

const CODES = { stdout: 'o', stderr: 'e', stdin: 'i' } as const;

type Data = Extract<RecordingEvent, { kind: 'data' }>;

interface Side {
  readonly code: string;
  /** Begins a character that is not there whole. */
  held: Uint8Array;
  digest: Digest | undefined;
  bytes: number;
}

export function createCast(header: RecordingHeader, { sha256, textOf, base64Of }: Spelling): Cast {
  const sides = new Map<Data['channel'], Side>();
  let room = MAX_LINES_BYTES;

  const line = (atMs: number, code: string, data: string): string =>
    JSON.stringify([Math.round(atMs * 1000) / 1e6, code, data]);

  /** Nothing: there is no room for it, nor for anything after it. */
  function kept(text: string): string[] {
    room -= new TextEncoder().encode(text).length + 1;
    return room >= 0 ? [text] : [];
  }

  function piece(side: Side, bytes: Uint8Array, isLast: boolean, atMs: number): string[] {
    const joined = concat(side.held, bytes);
    const end = isLast ? joined.length : joined.length - unfinished(joined);
    side.held = joined.slice(end);
    const whole = joined.subarray(0, end);
    if (whole.length === 0) return [];
    const lines = room >= 0 ? kept(written(side.code, whole, atMs)) : [];
    return lines.length > 0 ? lines : digested(side, whole, atMs);
  }

  function written(code: string, bytes: Uint8Array, atMs: number): string {
    const text = textOf(bytes);
    return text === undefined ? line(atMs, `${code}64`, base64Of(bytes)) : line(atMs, code, text);
  }

  function digested(side: Side, bytes: Uint8Array, atMs: number): string[] {
    side.digest ??= sha256();
    side.digest.update(bytes);
    side.bytes += bytes.length;
    return side.bytes >= DIGEST_BYTES ? finished(side, atMs) : [];
  }

  function finished(side: Side, atMs: number): string[] {
    const { code, digest, bytes } = side;
    if (digest === undefined) return [];
    side.digest = undefined;
    side.bytes = 0;
    return [line(atMs, `${code}#`, `${bytes} sha256:${digest.hex()}`)];
  }

  function data({ channel, bytes }: Data, atMs: number): string[] {
    const side = sides.get(channel) ?? {
      code: CODES[channel],
      held: new Uint8Array(0),
      digest: undefined,
      bytes: 0,
    };
    sides.set(channel, side);
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      lines.push(...piece(side, bytes.subarray(at, at + PIECE_BYTES), false, atMs));
    return lines;
  }

  const end = (atMs: number): string[] =>
    [...sides.values()].flatMap((side) => [
      ...piece(side, new Uint8Array(0), true, atMs),
      ...finished(side, atMs),
    ]);

  return {
    header: JSON.stringify(headerOf(header)),
    end,
    write(event, atMs) {
      switch (event.kind) {
        case 'data':
          return data(event, atMs);
        case 'resize':
          return kept(line(atMs, 'r', `${event.columns}x${event.rows}`));
        case 'exit':
          return [...end(atMs), line(atMs, 'x', event.status)];
        case 'opened':
          return kept(line(atMs, 'open', `${event.connection} ${event.port}`));
        case 'closed':
          return kept(line(atMs, 'close', `${event.connection} ${event.fromAgent} ${event.fromServer}`));
      }
    },
  };
}

function concat(before: Uint8Array, after: Uint8Array): Uint8Array {
  if (before.length === 0) return after;
  const joined = new Uint8Array(before.length + after.length);
  joined.set(before);
  joined.set(after, before.length);
  return joined;
}
