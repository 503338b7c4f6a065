// SHA-256 for recordings: streams/ is pure and takes it as an argument.
import { createHash } from 'node:crypto';
import type { Digest } from '../streams/recording/cast.ts';

export function sha256(): Digest {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') };
}
