// The decompression that SPDY's header blocks want (streams/spdy/packed.ts), one block at a time.
import { constants, inflateRawSync } from 'node:zlib';
import type { Inflate } from '../streams/spdy/packed.ts';

export const inflate: Inflate = (deflated, dictionary, maxBytes) => {
  try {
    return inflateRawSync(deflated, {
      dictionary,
      maxOutputLength: maxBytes,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch {
    return undefined;
  }
};
