// Compression for what is read in pure code: bounded, and without exceptions.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Gzip } from '../masking/helm/codec.ts';

export const gzip: Gzip = {
  unpack(bytes, maxBytes) {
    try {
      return gunzipSync(bytes, { maxOutputLength: maxBytes });
    } catch {
      return undefined;
    }
  },
  pack: (bytes) => gzipSync(bytes),
};
