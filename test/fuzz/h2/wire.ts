// HTTP/2 as bytes (RFC 9113), and header blocks without Huffman or table (RFC 7541), with no care for whether they are legal.

export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const END_STREAM = 1;
export const END_HEADERS = 4;
export const PADDED = 8;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** What a client begins with. */
export const opening = (): Buffer => Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0)]);

/** `length` is what the frame says of its payload. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
  length = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export type Pair = readonly [name: string, value: string];

/** Each pair as a literal without indexing. */
export function block(pairs: readonly Pair[]): Buffer {
  return Buffer.concat(pairs.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

/** A pair that is put into the table, as its newest entry (index 62). */
export function indexed([name, value]: Pair): Buffer {
  return Buffer.concat([Buffer.of(0x40), text(name), text(value)]);
}

/** An integer with a prefix of `bits`, below the other bits of its first byte. */
export function integer(value: number, bits: number, above = 0): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.of(above | value);
  const bytes = [above | most];
  let left = value - most;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Buffer.from([...bytes, left]);
}

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** One entry of SETTINGS. */
export const setting = (id: number, value: number): Buffer =>
  Buffer.concat([Buffer.of(0, id), uint32(value)]);

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length, 7), bytes]);
}
