// Writes down, beside everything else, every byte that reached an agent, as it comes: a stream for each answer, in one file for
// each process of the run. Where no run searches, nothing is written.
import { randomBytes } from 'node:crypto';
import { openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { SEARCH_FOLDER } from './seeds.ts';

/** All that one process may write down; beyond it the search says that it has not seen everything. */
export const MAX_BYTES = 256 << 20;

/** What one stream was, told by its beginning. */
export interface Origin {
  /** Names it in a finding: never holds a value. */
  readonly label: string;
  /** The values that a permit reveals in it, and that it alone may hold. */
  readonly reveals: readonly string[];
}

export interface Witnessed extends Origin {
  /** From its first byte to its last, also where others were written between. */
  readonly bytes: Buffer;
}

/** Takes the bytes of one stream. */
export type Note = (bytes: Buffer | string) => void;

// A frame: which stream, its kind, its length, then that many bytes.
const HEAD_BYTES = 9;
const BEGIN = 0;
const BYTES = 1;
const FULL = 2;

let file: { readonly folder: string; readonly descriptor: number } | undefined;
let streams = 0;
let written = 0;

/** Begins a stream. `reveals`: what is shown in it on purpose. */
export function witness(label: string, reveals: readonly string[] = []): Note {
  const folder = process.env[SEARCH_FOLDER];
  if (folder === undefined) return () => {};
  const name = `${process.pid}-${randomBytes(4).toString('hex')}.witness`;
  if (file?.folder !== folder) file = { folder, descriptor: openSync(join(folder, name), 'a') };
  const { descriptor } = file;
  const stream = ++streams;
  frame(descriptor, stream, BEGIN, Buffer.from(JSON.stringify({ label, reveals } satisfies Origin)));
  return (bytes) => frame(descriptor, stream, BYTES, Buffer.from(bytes as Buffer));
}

/** Has every byte that `stream` is given noted before it is read; `stream` and its readers notice nothing. */
export function overhear(stream: Readable, note: Note): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) note(chunk);
    return push(chunk, encoding);
  };
}

function frame(to: number, stream: number, kind: number, bytes: Buffer): void {
  const isFull = written + bytes.length > MAX_BYTES;
  const said = isFull ? Buffer.alloc(0) : bytes;
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(stream, 0);
  head.writeUInt8(isFull ? FULL : kind, 4);
  head.writeUInt32LE(said.length, 5);
  written += said.length;
  writeSync(to, Buffer.concat([head, said]));
}

/** The streams of one process, whole; `isFull`: it had more than it may write down. */
export function readWitnesses(path: string): { streams: Witnessed[]; isFull: boolean } {
  const all = readFileSync(path);
  const origins = new Map<number, Origin>();
  const pieces = new Map<number, Buffer[]>();
  let isFull = false;
  for (let at = 0; at + HEAD_BYTES <= all.length; ) {
    const stream = all.readUInt32LE(at);
    const kind = all.readUInt8(at + 4);
    const end = at + HEAD_BYTES + all.readUInt32LE(at + 5);
    const bytes = all.subarray(at + HEAD_BYTES, end);
    if (kind === BEGIN) {
      origins.set(stream, JSON.parse(bytes.toString()) as Origin);
      pieces.set(stream, []);
    } else if (kind === BYTES) pieces.get(stream)?.push(bytes);
    else isFull = true;
    at = end;
  }
  const read = Array.from(origins, ([stream, origin]) => ({
    ...origin,
    bytes: Buffer.concat(pieces.get(stream) ?? []),
  }));
  return { streams: read, isFull };
}
