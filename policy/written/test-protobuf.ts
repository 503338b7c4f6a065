// Protobuf as a client would write it, for tests.

const encoder = new TextEncoder();

/** The bytes of a message's fields, in order: numbers as VARINT, texts, bytes and messages as LEN. */
export function message(
  ...fields: (readonly [number: number, value: number | string | Uint8Array])[]
): Uint8Array {
  return joined(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return joined([varint(number * 8), varint(value)]);
      const bytes = typeof value === 'string' ? encoder.encode(value) : value;
      return joined([varint(number * 8 + 2), varint(bytes.length), bytes]);
    }),
  );
}

export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  for (let left = BigInt(value); ; left >>= 7n) {
    if (left < 128n) return Uint8Array.from([...bytes, Number(left)]);
    bytes.push(Number(left & 127n) | 128);
  }
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `k8s\0` and a runtime.Unknown. */
export function enveloped(apiVersion: string, kind: string, raw: Uint8Array): Uint8Array {
  return joined([
    encoder.encode('k8s\0'),
    message([1, message([1, apiVersion], [2, kind])], [2, raw], [3, ''], [4, '']),
  ]);
}
