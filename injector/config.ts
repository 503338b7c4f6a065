// What the chart decides about every sidecar. Read once at start; a wrong value stops the controller and not every pod.
// Quantities must be as the API server prints them, because the validator compares the stored pod with what render gives.
import * as z from 'zod';

const SUFFIXED = /^([1-9]\d*)(?:([mkMGTPE]?)|([KMGTPE]i))$/;

/** Source: k8s.io/apimachinery/pkg/api/resource/quantity.go, CanonicalizeBytes: no fraction, the largest suffix. */
function isCanonicalQuantity(text: string): boolean {
  const [, digits, decimal] = SUFFIXED.exec(text) ?? [];
  if (digits === undefined) return false;
  return BigInt(digits) % (decimal === undefined ? 1024n : 1000n) !== 0n;
}

const quantity = z
  .string()
  .refine(
    isCanonicalQuantity,
    'must be written as Kubernetes prints it: 500m and not 0.5, 1Gi and not 1024Mi',
  );

// `$(` would be expanded by the kubelet in the sidecar's environment.
const certificates = z.string().startsWith('-----BEGIN CERTIFICATE-----');
const address = z.string().regex(/^https?:\/\/[^\s$]+$/, 'must be an http or https URL');
const secureAddress = address.startsWith('https://');

export const injectorConfig = z.strictObject({
  image: z.string().min(1),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
  /** How the image starts the sidecar; the probes append `probe`. */
  command: z.array(z.string().min(1)).min(1),
  /** Without a memory limit an agent's LimitRange would decide how much of a proxy it gets. */
  resources: z.strictObject({
    limits: z.object({ memory: quantity }).catchall(quantity),
    requests: z.record(z.string(), quantity),
  }),
  /** The controller by its Service's address, never by a name: the agent's pod chooses its own DNS. */
  controller: secureAddress,
  /** The control root's bundle, PEM: the sidecar's first call is verified too. */
  controlCa: certificates,
  /** The API server by its Service's address. */
  apiServer: secureAddress,
  /** What its certificate is verified by, PEM: the agent's namespace holds a copy, which the agent may be able to write. */
  apiServerCa: certificates,
  otlpEndpoint: address.optional(),
});

export type InjectorConfig = z.infer<typeof injectorConfig>;
