// HTTP/2 frames (RFC 9113, sections 4 and 6), and how a connection begins that is never to be held back by its windows.

export const TYPE = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;

const HEAD_BYTES = 9;
const MAX_WINDOW = 0x7fffffff;
const FIRST_WINDOW = 65_535;
const SETTING = { tableSize: 1, push: 2, window: 4 } as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Takes the pieces of a connection and gives each frame when it is whole. */
export function readFrames(take: (frame: Frame) => void): (piece: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  return (piece) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + held.readUIntBE(0, 3);
      if (held.length < end) return;
      const whole = held.subarray(0, end);
      held = held.subarray(end);
      const stream = whole.readUInt32BE(5) & MAX_WINDOW;
      take({ type: whole[3] ?? 0, flags: whole[4] ?? 0, stream, payload: whole.subarray(HEAD_BYTES) });
    }
  };
}

const setting = (id: number, value: number): Buffer => {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt32BE(value, 2);
  return bytes;
};
const wider = Buffer.alloc(4);
wider.writeUInt32BE(MAX_WINDOW - FIRST_WINDOW);

/** No dynamic table, so that a status can be read by itself; no push; the widest windows. */
export const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(
    TYPE.settings,
    0,
    0,
    Buffer.concat([
      setting(SETTING.tableSize, 0),
      setting(SETTING.push, 0),
      setting(SETTING.window, MAX_WINDOW),
    ]),
  ),
  frame(TYPE.windowUpdate, 0, 0, wider),
]);
