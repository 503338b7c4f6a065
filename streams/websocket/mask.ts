// RFC 6455's masking: a payload and four bytes, over and over. Taking it off and putting it on are the same.

/** What is shorter is not worth its words. */
const WORTH_WORDS = 32;
const WORD_BYTES = 8;

/**
 * Writes over bytes what they are under a mask (four bytes); `from` is how much of the payload was before them. By words of eight,
 * since every byte of a copied file passes here twice.
 */
export function applyMask(bytes: Uint8Array, mask: Uint8Array, from = 0): void {
  if (bytes.length < WORTH_WORDS) {
    byByte(bytes, mask, from, 0, bytes.length);
    return;
  }
  const begin = -bytes.byteOffset & (WORD_BYTES - 1);
  const count = Math.floor((bytes.length - begin) / WORD_BYTES);
  const words = new BigUint64Array(bytes.buffer, bytes.byteOffset + begin, count);
  const key = new Uint8Array(WORD_BYTES).map((_, i) => mask[(from + begin + i) & 3] ?? 0);
  const [keyWord = 0n] = new BigUint64Array(key.buffer);
  for (let i = 0; i < count; i += 1) words[i] = (words[i] as bigint) ^ keyWord;
  byByte(bytes, mask, from, 0, begin);
  byByte(bytes, mask, from, begin + WORD_BYTES * count, bytes.length);
}

function byByte(bytes: Uint8Array, mask: Uint8Array, from: number, start: number, end: number): void {
  for (let i = start; i < end; i += 1) bytes[i] = (bytes[i] ?? 0) ^ (mask[(from + i) & 3] ?? 0);
}
