// Whether bytes are UTF-8, whole or as they come.

/** Of one text, piece by piece: false as soon as it is none. */
export function createUtf8Check(): (piece: Uint8Array, last: boolean) => boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (piece, last) => {
    try {
      decoder.decode(piece, { stream: !last });
      return true;
    } catch {
      return false;
    }
  };
}

export const isUtf8 = (bytes: Uint8Array): boolean => createUtf8Check()(bytes, true);
