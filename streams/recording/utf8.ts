// Bytes that were cut anywhere, as text: what a cut has split is left for the next piece.

/** How many bytes at the end begin a character that is not there whole (RFC 3629): 0 to 3. */
export function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] as number;
    const isContinuing = (byte & 0b1100_0000) === 0b1000_0000;
    if (!isContinuing) return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}

/** Of the character that this byte begins. */
function lengthOf(lead: number): number {
  if (lead >= 0b1111_0000) return 4;
  if (lead >= 0b1110_0000) return 3;
  return lead >= 0b1100_0000 ? 2 : 1;
}
