// What an agent carries for us and must not read or make: sealed with AES-256-GCM under a key of its own, which the pod's
// sentinel key gives, so that a sidecar that was restarted opens it again and no other pod's does.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export interface Sealing {
  /** URL-safe. Texts of up to 511 bytes are all of one length. `context` must be the same to open it; it is not kept in it. */
  seal(text: string, context: string): string;
  /** Undefined for what was not sealed with this key and context. */
  open(sealed: string, context: string): string | undefined;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BLOCK_BYTES = 512;

/** `secret` has 32 random bytes or as good as: it also keys the sentinels. */
export function createSealing(secret: Buffer): Sealing {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'chaperone continue', 32));
  return {
    seal(text, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(padded(text)), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const body = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        return unpadded(Buffer.concat([body, decipher.final()]));
      } catch {
        return undefined;
      }
    },
  };
}

/** Its length would tell the length of a name: a one, then zeros to the end of a block (ISO/IEC 7816-4). */
function padded(text: string): Buffer {
  const bytes = Buffer.from(text);
  const whole = Buffer.alloc(Math.ceil((bytes.length + 1) / BLOCK_BYTES) * BLOCK_BYTES);
  bytes.copy(whole);
  whole[bytes.length] = 0x80;
  return whole;
}

const unpadded = (whole: Buffer): string => whole.subarray(0, whole.lastIndexOf(0x80)).toString();
