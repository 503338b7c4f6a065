// The one file that knows ASN.1: turns what a certificate shall say into a signed X.509 v3 certificate (RFC 5280).
// node-forge lays out the bytes, node:crypto signs them off the event loop (an RSA signature in JavaScript blocks it).
import { createHash, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

const signOffThread = promisify(sign);
/** Exported by node-forge, missing from its types: the 4 or 16 bytes of an address. */
const { bytesFromIP } = forge.util as unknown as { bytesFromIP(address: string): string };

/** A subjectAltName, or what a nameConstraints entry permits. */
export interface Name {
  type: 'dns' | 'ip' | 'uri';
  value: string;
}

export interface Contents {
  commonName: string;
  publicKey: KeyObject;
  notBeforeMs: number;
  notAfterMs: number;
  extendedKeyUsage: readonly ('serverAuth' | 'clientAuth')[];
  names: readonly Name[];
  /** Present on a root: it may sign, one level deep, and only these names where any are given. */
  authority?: { permitted: readonly Name[] };
}

/** Who signs. Without a certificate the new one is self-signed, and `key` is the private half of its own key. */
export interface Issuer {
  certPem?: string;
  key: KeyObject;
}

/** Signs with RSASSA-PKCS1-v1_5 and SHA-256; answers PEM. Both keys are RSA: node-forge reads no other. */
export async function signCertificate(contents: Contents, issuer: Issuer): Promise<string> {
  const cert = forge.pki.createCertificate();
  const issuerCert = issuer.certPem === undefined ? cert : forge.pki.certificateFromPem(issuer.certPem);
  cert.publicKey = forge.pki.publicKeyFromPem(
    contents.publicKey.export({ type: 'spki', format: 'pem' }) as string,
  );
  cert.serialNumber = randomSerial();
  cert.validity.notBefore = new Date(contents.notBeforeMs);
  cert.validity.notAfter = new Date(contents.notAfterMs);
  cert.setSubject([{ name: 'commonName', value: contents.commonName }]);
  cert.setIssuer(issuerCert.subject.attributes);
  cert.setExtensions(extensions(contents, issuerCert));
  cert.signatureOid = cert.siginfo.algorithmOid = forge.pki.oids.sha256WithRSAEncryption as string;
  cert.signature = '';
  cert.tbsCertificate = (forge.pki.certificateToAsn1(cert).value as forge.asn1.Asn1[])[0] as forge.asn1.Asn1;
  const signature = await signOffThread(
    'sha256',
    Buffer.from(der(cert.tbsCertificate), 'latin1'),
    issuer.key,
  );
  cert.signature = signature.toString('latin1');
  return forge.pki.certificateToPem(cert).replaceAll('\r\n', '\n');
}

/** SHA-256 over the certificate's DER, lower-case hex: how certificates are named between sidecar and controller. */
export function fingerprint(certificate: X509Certificate | string): string {
  const { raw } = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate;
  return createHash('sha256').update(raw).digest('hex');
}

function extensions(contents: Contents, issuer: forge.pki.Certificate): object[] {
  const { authority, names } = contents;
  return [
    authority === undefined
      ? { name: 'basicConstraints', critical: true }
      : { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    authority === undefined
      ? { name: 'keyUsage', critical: true, digitalSignature: true }
      : { name: 'keyUsage', critical: true, keyCertSign: true },
    { name: 'extKeyUsage', ...Object.fromEntries(contents.extendedKeyUsage.map((usage) => [usage, true])) },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
    },
    ...(names.length > 0 ? [{ name: 'subjectAltName', altNames: names.map(altName) }] : []),
    ...(authority !== undefined && authority.permitted.length > 0
      ? [{ id: '2.5.29.30', critical: true, value: nameConstraints(authority.permitted) }]
      : []),
  ];
}

const GENERAL_NAME = { dns: 2, uri: 6, ip: 7 } as const;

function altName({ type, value }: Name): object {
  return type === 'ip' ? { type: GENERAL_NAME.ip, ip: value } : { type: GENERAL_NAME[type], value };
}

/** RFC 5280, 4.2.1.10. An address stands with a mask of its own length: that address and no other. */
function nameConstraints(permitted: readonly Name[]): forge.asn1.Asn1 {
  const subtrees = permitted.map(({ type, value }) => {
    const address = type === 'ip' ? bytesFromIP(value) : undefined;
    const base = address === undefined ? value : address + '\xff'.repeat(address.length);
    return sequence(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.SEQUENCE, [
      forge.asn1.create(forge.asn1.Class.CONTEXT_SPECIFIC, GENERAL_NAME[type], false, base),
    ]);
  });
  return sequence(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.SEQUENCE, [
    sequence(forge.asn1.Class.CONTEXT_SPECIFIC, 0, subtrees),
  ]);
}

function sequence(tagClass: forge.asn1.Class, type: number, value: forge.asn1.Asn1[]): forge.asn1.Asn1 {
  return forge.asn1.create(tagClass, type, true, value);
}

function der(asn1: forge.asn1.Asn1): string {
  return forge.asn1.toDer(asn1).getBytes();
}

/** 16 random bytes whose first lies in 0x40..0x7f: always positive, always shortest DER. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
