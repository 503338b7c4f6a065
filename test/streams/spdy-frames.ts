// The frames of SPDY/3.1 as a client of ours prints them.

export const [SYN_STREAM, SYN_REPLY, RST_STREAM, SETTINGS, PING, GOAWAY] = [1, 2, 3, 4, 6, 7] as const;
export const FIN = 1;

export function controlFrame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE((flags << 24) | payload.length, 4);
  return Buffer.concat([head, payload]);
}

export function dataFrame(id: number, flags: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(id, 0);
  head.writeUInt32BE(((flags << 24) | bytes.length) >>> 0, 4);
  return Buffer.concat([head, bytes]);
}

export const words = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [at, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * at);
  return bytes;
};
