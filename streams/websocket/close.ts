// What a close frame says (RFC 6455, 5.5.1 and 7.4): nothing, or a code and why.
import { isUtf8 } from './utf8.ts';

/** Undefined: no code was given. */
export type Closing = { readonly code: number; readonly reason: Uint8Array } | undefined;

/**
 * What we end with. Never another: of a connection closed otherwise client-go reads no Status, since its error channel then ends
 * with an error (client-go tools/remotecommand websocket.go, errorstream.go).
 */
export const NORMAL_CLOSURE: Closing = { code: 1000, reason: new Uint8Array(0) };

/** Reads a payload. 'malformed': a code that no frame may carry, or a reason that is no UTF-8. */
export function readClosing(payload: Uint8Array): Closing | 'malformed' {
  if (payload.length === 0) return undefined;
  const [high = 0, low] = payload;
  const code = high * 256 + (low ?? 0);
  const reason = payload.subarray(2);
  return low !== undefined && mayBeSent(code) && isUtf8(reason) ? { code, reason } : 'malformed';
}

export function printClosing(closing: Closing): Uint8Array {
  return closing === undefined
    ? new Uint8Array(0)
    : Uint8Array.of(closing.code >> 8, closing.code & 0xff, ...closing.reason);
}

/** 1005, 1006 and 1015 are for programs among themselves; what is below 1000 and up to 2999 otherwise is nobody's yet. */
function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
