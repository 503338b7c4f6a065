// Why the controller could not be asked, for a person who reads `kubectl describe pod`: Node's name for it, and where that is a
// matter of trust or of time, what it means and what to do. One table.

const STRANGER =
  "what answers there shows no certificate of the roots that this pod trusts. Where chaperone's roots have changed since the " +
  'pod was created, delete the pod: its workload makes one that trusts the new ones';
const OTHER_TIME =
  "what answers there shows a certificate that is not valid now. Compare the clock of this node with that of the controller's";

/** Names of OpenSSL's verification, as Node gives them (node: src/crypto/crypto_common.cc, X509ErrorCode). */
const MEANING: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: STRANGER,
  UNABLE_TO_GET_ISSUER_CERT: STRANGER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: STRANGER,
  SELF_SIGNED_CERT_IN_CHAIN: STRANGER,
  DEPTH_ZERO_SELF_SIGNED_CERT: STRANGER,
  CERT_SIGNATURE_FAILURE: STRANGER,
  CERT_NOT_YET_VALID: OTHER_TIME,
  CERT_HAS_EXPIRED: OTHER_TIME,
};

export function whyUnreachable(code: string): string {
  const meaning = MEANING[code];
  return `the controller cannot be reached: ${code}${meaning === undefined ? '' : `, ${meaning}`}`;
}
