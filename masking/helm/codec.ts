// How Helm keeps a release in a Secret: base64 of base64 of JSON, which is compressed unless it is older than that
// (helm pkg/storage/driver/util.go; the outer base64 is that of `data`). Both ways bounded.
import { type Json, printJson, readJsonBytes } from '../json.ts';
import { createScan } from '../scan.ts';
import type { ValueField } from '../secret-fields.ts';
import { isObject } from '../shape.ts';

/** Compression, which comes from outside: this folder has none. */
export interface Gzip {
  /** Undefined: it is not gzip, or more than `maxBytes`. */
  readonly unpack: (bytes: Uint8Array, maxBytes: number) => Uint8Array | undefined;
  readonly pack: (bytes: Uint8Array) => Uint8Array;
}

/** The JSON of a release. */
export type Payload = Readonly<Record<string, unknown>>;

export interface Decoded {
  /** Undefined: it cannot be read, or is larger than what may be read. */
  readonly payload: Payload | undefined;
  /** What it took to find that out. */
  readonly bytes: number;
  /** How many values and keys there are in it. */
  readonly values: number;
}

/** As JSON. etcd stores 1.5 MiB compressed; a chart of that size is beyond what agents work on. */
export const MAX_RELEASE_BYTES = 4 * 1024 * 1024;

/** Keys and values; those of large charts are a tenth. In the heap each can be a hundred times as large as its bytes. */
const MAX_VALUES = 50_000;

/** Of a value below `data`; of JSON at most `maxBytes` are read. */
export function decodeRelease(value: string, gzip: Gzip, maxBytes: number): Decoded {
  const unpacked = unpackRelease('data', value, gzip, maxBytes);
  if (unpacked.kind === 'unpacked') return readRelease(unpacked.bytes);
  return { payload: undefined, bytes: unpacked.kind === 'tooLarge' ? maxBytes : 0, values: 0 };
}

/** `tooLarge`: it may be, for what does not unpack is not known. */
export type Unpacked =
  | { readonly kind: 'unpacked'; readonly bytes: Uint8Array }
  | { readonly kind: 'none' | 'tooLarge' };

/** What is in base64 in a value of that field, and in gzip where it is: in a release, JSON. */
export function unpackRelease(field: ValueField, value: string, gzip: Gzip, maxBytes: number): Unpacked {
  const text = field === 'data' ? inBase64(value) : value;
  const bytes = text === undefined ? undefined : bytesOf(text);
  if (bytes === undefined) return { kind: 'none' };
  const unpacked = isGzip(bytes) ? gzip.unpack(bytes, maxBytes) : bytes;
  if (unpacked === undefined || unpacked.length > maxBytes) return { kind: 'tooLarge' };
  return { kind: 'unpacked', bytes: unpacked };
}

export function readRelease(json: Uint8Array): Decoded {
  const values = countValues(json);
  const read = values > MAX_VALUES ? undefined : readJsonBytes(json);
  const payload = read?.kind === 'json' && isObject(read.value) ? read.value : undefined;
  return { payload, bytes: json.length, values };
}

function countValues(json: Uint8Array): number {
  const scan = createScan();
  scan.next(json, 0, Number.NEGATIVE_INFINITY);
  return scan.takeValues();
}

export function encodeRelease(payload: unknown, gzip: Gzip): Json<string> {
  const printed = printJson(payload);
  if (printed.kind === 'unreadable') return printed;
  return { kind: 'json', value: btoa(btoa(binaryOf(gzip.pack(new TextEncoder().encode(printed.value))))) };
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;

/** Of base64; undefined: it is none. */
export function bytesOf(text: string): Uint8Array | undefined {
  const binary = inBase64(text);
  if (binary === undefined) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** The same, one character a byte. */
function inBase64(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}

/** One character a byte, as btoa takes them; in pieces, for a call takes only so many arguments. */
export function binaryOf(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return binary;
}
