// Bytes after bytes.

/** A copy. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return putTogether(new Uint8Array(lengthOf(parts)), parts);
}

/**
 * The same of parts of one chunk, in their order there: they are moved together where they lie, over what stood between them. Of
 * parts that lie elsewhere it is a copy.
 */
export function closedUp(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first === undefined || parts.some(({ buffer }) => buffer !== first.buffer)) return joined(parts);
  return putTogether(new Uint8Array(first.buffer, first.byteOffset, lengthOf(parts)), parts);
}

const lengthOf = (parts: readonly Uint8Array[]): number =>
  parts.reduce((length, part) => length + part.length, 0);

function putTogether(whole: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
