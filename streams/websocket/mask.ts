// RFC 6455's masking: a payload and four bytes, over and over. Taking it off and putting it on are the same.

/**
 * A copy of bytes under a mask (four bytes); `from` is how much of the payload was before them. By words of four, since every
 * byte of a copied file passes here twice.
 */
export function masked(bytes: Uint8Array, mask: Uint8Array, from = 0): Uint8Array {
  const copy = new Uint8Array(bytes);
  const key = Uint8Array.from(mask, (_, i) => mask[(from + i) % 4] ?? 0);
  const words = new Uint32Array(copy.buffer, 0, Math.floor(copy.length / 4));
  const keyWord = new Uint32Array(key.buffer)[0] ?? 0;
  for (let i = 0; i < words.length; i += 1) words[i] = (words[i] ?? 0) ^ keyWord;
  for (let i = words.length * 4; i < copy.length; i += 1) copy[i] = (copy[i] ?? 0) ^ (key[i % 4] ?? 0);
  return copy;
}
