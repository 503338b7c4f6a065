// What is handed on as a credential: a token that fits a header, a certificate that fits its key. What a TLS library or
// a header would choke on is found here, where it can be told.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Presented } from '../../sidecar/credential.ts';

export interface Pieces {
  readonly token: string | undefined;
  /** PEM. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export function presentable({ token, cert, key }: Pieces): Presented | { readonly why: string } {
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    return { why: 'its token is empty or not printable' };
  const bearer = token === undefined ? {} : { bearer: token };
  if (!cert && !key) {
    const nothing = { why: 'it holds neither a token nor a client certificate' };
    return token === undefined ? nothing : { kind: 'presented', ...bearer };
  }
  if (!cert || !key || !isPair(cert, key))
    return { why: 'its client certificate and key are not a pair that can be read' };
  return { kind: 'presented', ...bearer, clientCertificate: { cert, key } };
}

function isPair(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
