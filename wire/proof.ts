// What a sidecar signs to prove that it holds a private key, and what the controller verifies: one text, printed by both.
// It binds the key to one token, one connection's peer, one moment and one use, so that none can be swapped for another.

/** What the certificate for the proven key is for. */
export type Purpose = 'identity' | 'loopback';

export interface Proof {
  purpose: Purpose;
  /** SHA-256 of the attestation token's bytes, lower-case hex. */
  tokenSha256: string;
  /** SHA-256 of the DER of the certificate that the controller showed on this connection, lower-case hex. */
  controllerSha256: string;
  /** Wall clock, Unix milliseconds; also in the request. */
  timeMs: number;
}

/**
 * The text to sign, ASCII: with RSASSA-PKCS1-v1_5 and SHA-256, the signature in base64url. Its first line is unlike anything
 * that TLS or X.509 signs with the same key.
 */
export function proofText({ purpose, tokenSha256, controllerSha256, timeMs }: Proof): string {
  return [
    'chaperone enrolment proof v1',
    `purpose ${purpose}`,
    `token sha256 ${tokenSha256}`,
    `controller sha256 ${controllerSha256}`,
    `time ms ${timeMs}`,
    '',
  ].join('\n');
}
