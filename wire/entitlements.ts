// The entitlements stream, from the controller to one sidecar: lines (lines.ts), each a message of one of these kinds.
// Strict through and through: a message that is not understood whole is not believed, and the lease before it runs out.
import * as z from 'zod';
import { Snapshot } from '../policy/snapshot.ts';
import { CertificatesSchema } from './pem.ts';

/** A resourceVersion that can be compared: a decimal number (KEP-5504), at most an unsigned 64-bit one. */
const ResourceVersionSchema = z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/);

const SnapshotMessageSchema = z.strictObject({
  kind: z.literal('snapshot'),
  /** Of what the snapshot was taken from: a sidecar refuses a snapshot that is lower in either than the one it holds. */
  policyResourceVersion: ResourceVersionSchema,
  grantsResourceVersion: ResourceVersionSchema,
  /** What to trust of the controller from now on, instead of what came before. */
  controlRoots: CertificatesSchema,
  /** What the pod may do, and its lease: counted on the monotonic clock from the message's arrival. */
  snapshot: Snapshot,
});

export const EntitlementsMessageSchema = z.discriminatedUnion('kind', [SnapshotMessageSchema]);

export type EntitlementsMessage = z.infer<typeof EntitlementsMessageSchema>;
