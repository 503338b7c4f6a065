// As much of HPACK (RFC 7541) as lets any field be sent as it is, and an answer's status be read.

/** Each field as a literal without indexing, without Huffman's code. Latin-1. */
export function packFields(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), packText(name), packText(value)]),
  );
}

function packText(text: string): Buffer {
  return Buffer.concat([packLength(text.length), Buffer.from(text, 'latin1')]);
}

/** An integer with a prefix of seven bits (section 5.1). */
function packLength(length: number): Buffer {
  if (length < 127) return Buffer.from([length]);
  const bytes = [127];
  let left = length - 127;
  for (; left >= 128; left >>= 7) bytes.push((left & 127) | 128);
  return Buffer.from([...bytes, left]);
}

/** The static table's entries 8 to 14 (appendix A). */
const INDEXED = [200, 204, 206, 304, 400, 404, 500];

/** The status, which stands first, in a block that was made without a dynamic table. */
export function readStatus(block: Buffer): number {
  let at = 0;
  // The encoder says first that its dynamic table has no room (section 6.3).
  while (((block[at] ?? 0) & 0xe0) === 0x20) at += 1;
  const first = block[at] ?? 0;
  if (first >= 0x88 && first <= 0x8e) return INDEXED[first - 0x88] ?? 0;
  const length = block[at + 1] ?? 0;
  const text = block.subarray(at + 2, at + 2 + (length & 127));
  return Number(length >= 128 ? readDigits(text) : text.toString('latin1'));
}

/** Three digits in Huffman's code (appendix B): 0, 1 and 2 have five bits, the others six, from 011001 on. */
function readDigits(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let digits = '';
  for (let at = 0; digits.length < 3; ) {
    const short = Number.parseInt(bits.slice(at, at + 5), 2);
    const width = short <= 2 ? 5 : 6;
    digits += width === 5 ? short : Number.parseInt(bits.slice(at, at + 6), 2) - 22;
    at += width;
  }
  return digits;
}
