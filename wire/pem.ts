// The small forms that several messages share: certificates as PEM, and the SHA-256 that names one.
import * as z from 'zod';

/** A rotation keeps few roots at a time, and one is about 2 kB. */
const MAX_CERTIFICATES_LENGTH = 32 * 1024;

/** One certificate or more, PEM, nothing before, between or after them. */
export const CertificatesSchema = z
  .string()
  .max(MAX_CERTIFICATES_LENGTH)
  .regex(/^(?:-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n)+$/);

/** Lower-case hex; of a certificate's DER where it names one. */
export const Sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
