// RFC 6455's masking: a payload and four bytes, over and over. Taking it off and putting it on are the same.

/** What is shorter is not worth its words. */
const WORTH_WORDS = 32;

/**
 * Writes over bytes what they are under a mask (four bytes); `from` is how much of the payload was before them. By words of four,
 * since every byte of a copied file passes here twice.
 */
export function applyMask(bytes: Uint8Array, mask: Uint8Array, from = 0): void {
  if (bytes.length < WORTH_WORDS) {
    byByte(bytes, mask, from, 0, bytes.length);
    return;
  }
  const begin = -bytes.byteOffset & 3;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + begin, (bytes.length - begin) >> 2);
  const key = new Uint8Array(4).map((_, i) => mask[(from + begin + i) & 3] ?? 0);
  const [keyWord = 0] = new Uint32Array(key.buffer);
  for (let i = 0; i < words.length; i += 1) words[i] = (words[i] ?? 0) ^ keyWord;
  byByte(bytes, mask, from, 0, begin);
  byByte(bytes, mask, from, begin + 4 * words.length, bytes.length);
}

function byByte(bytes: Uint8Array, mask: Uint8Array, from: number, start: number, end: number): void {
  for (let i = start; i < end; i += 1) bytes[i] = (bytes[i] ?? 0) ^ (mask[(from + i) & 3] ?? 0);
}
