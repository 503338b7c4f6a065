// Base64 as the messages of `base64.channel.k8s.io` have it: the standard alphabet, padded, each message for itself. By bytes: by
// strings, as the language has it, it takes ten times as long.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const PAD = 0x3d;
/** What stands for no six bits. */
const NONE = 64;
const VALUES = new Uint8Array(256).fill(NONE);
for (const [value, code] of CODES.entries()) VALUES[code] = value;

/** Of one message, piece by piece: what is whole of it now. Undefined: it is no base64. */
export function createBase64Decoder(): (piece: Uint8Array, last: boolean) => Uint8Array | undefined {
  let held = new Uint8Array(0);
  let isPadded = false;
  return (piece, last) => {
    if (isPadded && piece.length > 0) return undefined;
    const text = new Uint8Array(held.length + piece.length);
    text.set(held);
    text.set(piece, held.length);
    const size = text.length - (text.length % 4);
    held = text.slice(size);
    isPadded ||= text[size - 1] === PAD;
    return last && held.length > 0 ? undefined : readGroups(text.subarray(0, size));
  };
}

/** Of whole groups of four; only the last may be padded. */
function readGroups(text: Uint8Array): Uint8Array | undefined {
  const padding = text.at(-1) !== PAD ? 0 : text.at(-2) !== PAD ? 1 : 2;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const size = text.length - padding;
  let at = 0;
  for (let i = 0; i < text.length; i += 4) {
    let word = 0;
    for (let j = i; j < i + 4; j += 1) {
      const value = j < size ? (VALUES[text[j] ?? 0] ?? NONE) : 0;
      if (value === NONE) return undefined;
      word = (word << 6) | value;
    }
    // What padding stands for is beyond the end, and not kept.
    bytes[at] = word >> 16;
    bytes[at + 1] = word >> 8;
    bytes[at + 2] = word;
    at += 3;
  }
  return bytes;
}

/** In ASCII. */
export function printBase64(bytes: Uint8Array): Uint8Array {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let shift = 18; shift >= 0; shift -= 6) {
      text[at] = CODES[(word >> shift) & 63] ?? 0;
      at += 1;
    }
  }
  return text.fill(PAD, text.length - ((3 - (bytes.length % 3)) % 3));
}
