// The sidecar's own keys: made by node:crypto, RSA-2048 because that is what the certificates are built for, and a proof
// for each that binds it to one token, one connection and one moment.
import { createHash, createSign, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { type Purpose, proofText } from '../wire/proof.ts';

export interface OwnKey {
  /** SPKI, PEM. */
  readonly publicKey: string;
  /** PKCS#8, PEM. */
  readonly privateKey: string;
}

const generate = promisify(generateKeyPair);

/** A new RSA-2048 key, made off the event loop. */
export function makeKey(): Promise<OwnKey> {
  return generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

/** What a key is proven for. `controllerCertificate`: DER of what the controller showed on this very connection. */
export interface ProofFor {
  readonly purpose: Purpose;
  readonly token: string;
  readonly controllerCertificate: Buffer;
  /** Wall clock, Unix milliseconds. */
  readonly timeMs: number;
}

/** The key with its proof, as an EnrolRequest carries it. */
export function prove(key: OwnKey, { purpose, token, controllerCertificate, timeMs }: ProofFor) {
  const text = proofText({
    purpose,
    tokenSha256: sha256(token),
    controllerSha256: sha256(controllerCertificate),
    timeMs,
  });
  return {
    publicKey: key.publicKey,
    proof: createSign('sha256').update(text).sign(key.privateKey, 'base64url'),
  };
}

/** Lower-case hex. */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
