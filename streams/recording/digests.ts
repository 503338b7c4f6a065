// What a recording has no room for, by length and SHA-256. A digest ends with so many bytes of all channels, or a second after its
// first one, so that no more than that is ever untold.

/** Of all channels together. */
export const DIGEST_BYTES = 128 * 1024;
const DIGEST_MS = 1000;

/** SHA-256 of what comes piece by piece; `hex` ends it. */
export interface Digest {
  update(bytes: Uint8Array): void;
  hex(): string;
}

export interface Digests {
  /** Whether they are to be taken now. */
  add(channel: string, bytes: Uint8Array, atMs: number): boolean;
  /** One a channel, which ends it: what a line says of it. */
  take(): { readonly channel: string; readonly data: string }[];
  /** Of those that are not taken yet. */
  readonly bytes: number;
  /** When they are to be taken, on the caller's clock; infinite: there are none. */
  readonly dueAtMs: number;
}

export function createDigests(sha256: () => Digest): Digests {
  const open = new Map<string, { readonly digest: Digest; bytes: number }>();
  let bytes = 0;
  let dueAtMs = Number.POSITIVE_INFINITY;

  return {
    add(channel, piece, atMs) {
      const one = open.get(channel) ?? { digest: sha256(), bytes: 0 };
      if (open.size === 0) dueAtMs = atMs + DIGEST_MS;
      open.set(channel, one);
      one.digest.update(piece);
      one.bytes += piece.length;
      bytes += piece.length;
      return bytes >= DIGEST_BYTES || atMs >= dueAtMs;
    },
    take() {
      const taken = [...open].map(([channel, one]) => ({
        channel,
        data: `${one.bytes} sha256:${one.digest.hex()}`,
      }));
      open.clear();
      bytes = 0;
      dueAtMs = Number.POSITIVE_INFINITY;
      return taken;
    },
    get bytes() {
      return bytes;
    },
    get dueAtMs() {
      return dueAtMs;
    },
  };
}
