// Enrolment, from the sidecar's first breath and at every renewal: two public keys with their proofs and a token go up,
// two certificates and the roots to trust come back. Strict both ways: a field that one side does not know is refused.
import * as z from 'zod';
import { CertificatesSchema, Sha256Schema } from './pem.ts';

/** Bounds the body of a request before it is parsed: a token, two keys and two proofs at their longest, and room. */
export const MAX_ENROL_REQUEST_BYTES = 32 * 1024;

/** Bounds the body of an answer: two certificates and the roots, at their longest, with JSON's escapes. */
export const MAX_ENROL_RESPONSE_BYTES = 256 * 1024;

const ProvenKeySchema = z.strictObject({
  /** SPKI, PEM. */
  publicKey: z.string().max(1100),
  /** base64url of the signature over `proofText`; an RSA signature of 2048 to 4096 bits. */
  proof: z.string().regex(/^[A-Za-z0-9_-]{342,683}$/),
});

export const EnrolRequestSchema = z.strictObject({
  /** The projected ServiceAccount token of audience `chaperone`. */
  token: z
    .string()
    .max(16 * 1024)
    .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  /** When the proofs were made: wall clock, Unix milliseconds. */
  timeMs: z.int().nonnegative(),
  identity: ProvenKeySchema,
  loopback: ProvenKeySchema,
  /** Absent at first; later the fingerprint of the root that the pod's clients have read as their `ca.crt`. */
  loopbackRoot: Sha256Schema.optional(),
});

export const EnrolResponseSchema = z.strictObject({
  /** The identity certificate and whatever leads to its root: for mutual TLS with the controller. */
  identity: CertificatesSchema,
  /** The listener's certificate and whatever leads to `loopbackRoot`. */
  loopback: CertificatesSchema,
  /** What the agent's clients trust. */
  loopbackRoot: CertificatesSchema,
  /** What to trust of the controller from now on, instead of what came before. */
  controlRoots: CertificatesSchema,
  /** Enrol again this long after the answer arrived, on the monotonic clock. */
  renewAfterMs: z.int().positive(),
});

export type EnrolRequest = z.infer<typeof EnrolRequestSchema>;
export type EnrolResponse = z.infer<typeof EnrolResponseSchema>;
