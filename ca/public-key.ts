// Which public keys chaperone certifies: RSA with the common exponent, strong enough to trust and small enough to be cheap.
// A key that passed is a `CertifiableKey`; `issue` takes nothing else.
import { createPublicKey, type KeyObject } from 'node:crypto';

const MIN_BITS = 2048;
/** Verification and handshakes grow with the square of it; nothing here needs more. */
const MAX_BITS = 4096;
const EXPONENT = 65537n;
/** `createPublicKey` would also take a private key or a certificate: only this form may reach it. */
const SPKI_PEM = /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]{1,1024}-----END PUBLIC KEY-----\n?$/;

declare const certifiable: unique symbol;
export type CertifiableKey = KeyObject & { readonly [certifiable]: true };

/** Reads an SPKI PEM as it came over the wire; `why` says what is wrong with it. */
export function readPublicKey(
  pem: string,
): { kind: 'key'; key: CertifiableKey } | { kind: 'unfit'; why: string } {
  const key = parse(pem);
  if (key === undefined) return { kind: 'unfit', why: 'it is not a public key in SPKI PEM form' };
  if (key.asymmetricKeyType !== 'rsa') return { kind: 'unfit', why: 'it is not an RSA key' };
  const { modulusLength = 0, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_BITS || modulusLength > MAX_BITS) {
    return { kind: 'unfit', why: `it has ${modulusLength} bits, not ${MIN_BITS} to ${MAX_BITS}` };
  }
  if (publicExponent !== EXPONENT) return { kind: 'unfit', why: `its exponent is not ${EXPONENT}` };
  return { kind: 'key', key: key as CertifiableKey };
}

function parse(pem: string): KeyObject | undefined {
  if (!SPKI_PEM.test(pem)) return undefined;
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}
