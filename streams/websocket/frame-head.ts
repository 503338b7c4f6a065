// The two to fourteen bytes before a frame's payload (RFC 6455, 5.2), read and printed. Strict where Go's readers are not: they
// take reserved bits, lengths written longer than they need be, and masks in either direction.

export type Opcode = 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong';

export interface Head {
  readonly opcode: Opcode;
  /** The message's last frame. */
  readonly final: boolean;
  /** Bytes of the payload. */
  readonly length: number;
  /** Four bytes. */
  readonly mask: Uint8Array | undefined;
}

export interface Malformed {
  readonly kind: 'malformed';
  /** A clause, as a Fault has it. */
  readonly why: string;
}

const OPCODES: Readonly<Record<Opcode, number>> = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
};
const OPCODE_BY_NUMBER = new Map(Object.entries(OPCODES).map(([name, number]) => [number, name as Opcode]));

export const isControl = (opcode: Opcode): boolean => OPCODES[opcode] >= 8;

/** Of every control frame's payload. */
export const MAX_CONTROL_BYTES = 125;
const FINAL = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
/** In place of a length: the next two, or eight, bytes are the length. */
const IN_TWO = 126;
const IN_EIGHT = 127;
const MASK_BYTES = 4;

export const malformed = (why: string): Malformed => ({ kind: 'malformed', why });

/** How many bytes the head has beyond its first two. */
export function restOfHead(second: number): number {
  const length = second & ~MASKED;
  return (length === IN_TWO ? 2 : length === IN_EIGHT ? 8 : 0) + (second & MASKED ? MASK_BYTES : 0);
}

/** Reads a head whole. `isMasked`: whether its sender must mask, as an agent must and a server must not. */
export function readHead(bytes: Uint8Array, isMasked: boolean): Head | Malformed {
  const [first = 0, second = 0] = bytes;
  const opcode = OPCODE_BY_NUMBER.get(first & 0x0f);
  if (first & RESERVED) return malformed('a frame has a reserved bit set');
  if (opcode === undefined) return malformed('a frame is of an unknown kind');
  if (Boolean(second & MASKED) !== isMasked) {
    return malformed(isMasked ? 'a frame is not masked' : 'a frame is masked');
  }
  const length = readLength(bytes, second & ~MASKED);
  if (length === undefined) return malformed('the length of a frame is not written as it must be');
  const final = Boolean(first & FINAL);
  if (isControl(opcode) && !final) return malformed('a control frame is in fragments');
  if (isControl(opcode) && length > MAX_CONTROL_BYTES)
    return malformed('a control frame is longer than 125 bytes');
  return { opcode, final, length, mask: isMasked ? bytes.subarray(-MASK_BYTES) : undefined };
}

/** Undefined: longer than it need be, or beyond what can be counted. */
function readLength(bytes: Uint8Array, short: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (short === IN_TWO) {
    const length = view.getUint16(2);
    return length < IN_TWO ? undefined : length;
  }
  if (short === IN_EIGHT) {
    const length = Number(view.getBigUint64(2));
    return length <= 0xffff || length > Number.MAX_SAFE_INTEGER ? undefined : length;
  }
  return short;
}

/** Prints a head, its length in as few bytes as hold it. */
export function printHead({ opcode, final, length, mask }: Head): Uint8Array {
  const short = length < IN_TWO ? length : length <= 0xffff ? IN_TWO : IN_EIGHT;
  const second = short | (mask === undefined ? 0 : MASKED);
  const head = new Uint8Array(2 + restOfHead(second));
  const view = new DataView(head.buffer);
  head[0] = OPCODES[opcode] | (final ? FINAL : 0);
  head[1] = second;
  if (short === IN_TWO) view.setUint16(2, length);
  if (short === IN_EIGHT) view.setBigUint64(2, BigInt(length));
  if (mask !== undefined) head.set(mask, head.length - MASK_BYTES);
  return head;
}
