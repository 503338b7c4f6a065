// What may lie below bytes as they came: texts that were wrapped or cut into strings, and gzip members, plain or in base64.
import { constants, inflateRawSync } from 'node:zlib';

export interface Layer {
  readonly name: string;
  readonly bytes: Buffer;
}

const MAX_INFLATED_BYTES = 64 << 20;
const HEAD_BYTES = 10;
const MEMBER = Buffer.from([0x1f, 0x8b, 8]);
/** base64 of what begins as MEMBER does, and that in base64 again; wrapped lines go on. */
const IN_BASE64 = /(?:H4sI|SDRzSU)[A-Za-z0-9+/]*(?:(?:\\n|\s)+(?!H4sI|SDRzSU)[A-Za-z0-9+/]+)*/g;

/** What is found one layer below: each is looked into in turn. */
export function layersBelow(bytes: Buffer): Layer[] {
  const layers: Layer[] = [];
  for (let at = bytes.indexOf(MEMBER); at !== -1; at = bytes.indexOf(MEMBER, at + 1)) {
    const inflated = inflate(bytes.subarray(at));
    if (inflated !== undefined) layers.push({ name: 'gzip', bytes: inflated });
  }
  if (bytes.includes('H4sI') || bytes.includes('SDRzSU')) {
    for (const [text] of bytes.toString('latin1').matchAll(IN_BASE64)) {
      layers.push({ name: 'base64', bytes: Buffer.from(text.replaceAll('\\n', ''), 'base64') });
    }
  }
  return layers;
}

/**
 * As much as there is of a member that may be cut short, whatever follows it; undefined: it is none. RFC 1952; what writes it
 * here (Go, Node) puts a file name in its head at the most.
 */
function inflate(bytes: Buffer): Buffer | undefined {
  const named = ((bytes[3] ?? 0) & 8) !== 0;
  const begin = named ? bytes.indexOf(0, HEAD_BYTES) + 1 : HEAD_BYTES;
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_INFLATED_BYTES };
  try {
    return inflateRawSync(bytes.subarray(begin), options);
  } catch {
    return undefined;
  }
}

const KEPT = new Uint8Array(256);
for (const kept of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
  KEPT[kept.charCodeAt(0)] = 1;
}
const BACKSLASH = 0x5c;
/** What a backslash makes a separator of: \n, \r, \t. */
const ESCAPED = new Set(Buffer.from('nrt'));

/**
 * The bytes without anything that separates: white space, its escapes, quotes, commas and all punctuation, so that what was
 * wrapped, or cut into strings, stands together again.
 */
export function unseparated(bytes: Buffer): Buffer {
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (KEPT[byte] === 1) kept[length++] = byte;
    else if (byte === BACKSLASH && ESCAPED.has(bytes[at + 1] as number)) at += 1;
  }
  return kept.subarray(0, length);
}
