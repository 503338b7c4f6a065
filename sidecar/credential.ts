// The credential of the moment: what the API server is shown instead of the caller's token. It is asked for at every
// call, so a rotated one is taken up and one that cannot be read refuses the call.
import { readFile } from 'node:fs/promises';
import type { Clock } from './monotonic.ts';

/** What one upstream request is authenticated with: a bearer token, a TLS client certificate, or both. */
export interface Presented {
  readonly kind: 'presented';
  readonly bearer?: string;
  /** PEM. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
}

export interface Credential {
  /** Undefined: it cannot be read at this moment. */
  present(): Promise<Presented | undefined>;
}

/** The kubelet replaces the file long before the old token ends; reading it once a second is soon enough. */
const REREAD_MS = 1000;
/** A ServiceAccount token has about 1 KiB. */
const MAX_TOKEN_BYTES = 16 * 1024;

/**
 * The `serviceAccountToken` credential: a projected, pod-bound token in a file that the kubelet rotates
 * (kubelet pkg/kubelet/token: replaced at 80 % of its life).
 */
export function serviceAccountToken(path: string, clock: Clock): Credential {
  let held: Presented | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const read = () => readFile(path, 'utf8');
  return {
    async present() {
      if (held !== undefined && clock.monotonicMs() - readAtMs < REREAD_MS) return held;
      held = undefined;
      const startedMs = clock.monotonicMs();
      // The kubelet puts another folder behind the file's link: a read that meets that moment finds nothing, and the next the new token.
      const token = await read()
        .catch(read)
        .then(
          (text) => text.trim(),
          () => '',
        );
      if (!/^[\x21-\x7e]+$/.test(token) || token.length > MAX_TOKEN_BYTES) return undefined;
      readAtMs = startedMs;
      held = { kind: 'presented', bearer: token };
      return held;
    },
  };
}
