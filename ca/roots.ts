// A root: a certificate that signs others, and its key. Made here, or read back and proven to be what it claims.
// The private key is a KeyObject, so that no log or error can print it by accident.
import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { BACKDATE_MS, ROOTS, type RootKind } from './profiles.ts';
import { fingerprint, signCertificate } from './x509.ts';

/** Stronger than what it signs, because a root lives for years and they live for days. */
const ROOT_KEY_BITS = 3072;

const generate = promisify(generateKeyPair);

export interface Root {
  kind: RootKind;
  /** The certificate's fingerprint. */
  id: string;
  certPem: string;
  key: KeyObject;
  /** Wall clock, Unix milliseconds. */
  bornMs: number;
  endsMs: number;
}

/** Makes a root of this kind with a key of its own. Takes about half a second, off the event loop. */
export async function makeRoot(kind: RootKind, nowMs: number): Promise<Root> {
  const { extendedKeyUsage, permitted, validForMs } = ROOTS[kind];
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: ROOT_KEY_BITS });
  const contents = {
    // Roots that follow one another must not share a name: some verifiers take the first that fits.
    commonName: `chaperone ${kind} root ${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}`,
    publicKey,
    notBeforeMs: nowMs - BACKDATE_MS,
    notAfterMs: nowMs + validForMs,
    extendedKeyUsage,
    names: [],
    authority: { permitted },
  };
  return readRoot(kind, await signCertificate(contents, { key: privateKey }), privateKey);
}

/** Reads a kept root. Throws where the certificate is no root of this kind or the key is not its own. */
export function readRoot(kind: RootKind, certPem: string, key: KeyObject | string): Root {
  const cert = new X509Certificate(certPem);
  const privateKey = typeof key === 'string' ? createPrivateKey(key) : key;
  const sound =
    cert.ca &&
    cert.checkPrivateKey(privateKey) &&
    cert.verify(cert.publicKey) &&
    cert.subject.startsWith(`CN=chaperone ${kind} root `);
  if (!sound) throw new Error(`this certificate and key are not a ${kind} root of chaperone`);
  return {
    kind,
    id: fingerprint(cert),
    certPem,
    key: privateKey,
    bornMs: cert.validFromDate.getTime() + BACKDATE_MS,
    endsMs: cert.validToDate.getTime(),
  };
}
