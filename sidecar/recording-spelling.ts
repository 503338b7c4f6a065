// SHA-256, UTF-8 and base64 for recordings, by Node: streams/ is pure and takes them as arguments.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Spelling } from '../streams/recording/cast.ts';

export const spelling: Spelling = {
  sha256() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
  },
  textOf: (bytes) => (isUtf8(bytes) ? view(bytes).toString() : undefined),
  base64Of: (bytes) => view(bytes).toString('base64'),
};

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
