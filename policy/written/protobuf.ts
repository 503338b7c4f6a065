// Protobuf's wire format, one message deep: its fields in the order they stand. Strict where Go's generated readers cut,
// wrap or skip, so that what is read here is what they read.

export interface Field {
  /** 1 to 2^29 - 1. */
  readonly number: number;
  /** VARINT, I64, LEN, I32; groups are refused. */
  readonly wireType: 0 | 1 | 2 | 5;
  /** Of LEN the bytes, a view of what was given; of the others the unsigned number. */
  readonly value: bigint | Uint8Array;
}

/** Of one message. Kubernetes' have some dozen, and one for each entry of a list or map. */
export const MAX_FIELDS = 100_000;
/** 64 bits in sevens. */
const MAX_VARINT_BYTES = 10;
const MAX_FIELD_NUMBER = 2 ** 29 - 1;

/**
 * Reads the fields of one message (https://protobuf.dev/programming-guides/encoding/).
 * Undefined: cut short, a varint beyond 64 bits (gogo drops the rest), a field number of 0 or beyond 29 bits (gogo wraps
 * it), a group, or more fields than the bound.
 */
export function readFields(bytes: Uint8Array): readonly Field[] | undefined {
  const fields: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let i = 0; i < MAX_VARINT_BYTES && at < bytes.length; i += 1) {
      const byte = view.getUint8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return value < 1n << 64n ? value : undefined;
    }
    return undefined;
  };
  const take = (size: number): number | undefined => {
    if (size > bytes.length - at) return undefined;
    at += size;
    return at - size;
  };
  const read = (wireType: number): bigint | Uint8Array | undefined => {
    if (wireType === 0) return varint();
    if (wireType === 2) {
      const size = varint();
      const from = size === undefined ? undefined : take(Number(size));
      return from === undefined ? undefined : bytes.subarray(from, at);
    }
    const from = wireType === 1 ? take(8) : wireType === 5 ? take(4) : undefined;
    if (from === undefined) return undefined;
    return wireType === 1 ? view.getBigUint64(from, true) : BigInt(view.getUint32(from, true));
  };

  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || fields.length === MAX_FIELDS) return undefined;
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    const value = number >= 1 && number <= MAX_FIELD_NUMBER ? read(wireType) : undefined;
    if (value === undefined) return undefined;
    fields.push({ number, wireType: wireType as Field['wireType'], value });
  }
  return fields;
}
