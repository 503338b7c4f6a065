// Where things stand in an injected pod. The injector mounts these; only the sidecar's container has them, but for a
// caller's folder, which its container sees at the place where clients look for a ServiceAccount.
import { join } from 'node:path';

const BASE = '/var/run/chaperone';

export const PATHS = {
  credentialToken: `${BASE}/credential/token`,
  attestationToken: `${BASE}/attestation/token`,
  loopbackKey: `${BASE}/identity/loopback.key`,
  loopbackCertificate: `${BASE}/identity/loopback.crt`,
  /** The root that this pod's clients have read: a pod keeps to it until it ends. */
  loopbackRoot: `${BASE}/identity/loopback-root.crt`,
  /** The newest roots that the controller sent; those of the environment grow old. */
  controlRoots: `${BASE}/identity/control-roots.crt`,
  /** Keys the sentinels of this pod; kept so that they survive a crash. */
  sentinelKey: `${BASE}/identity/sentinel.key`,
  caller: (container: string): string => join(BASE, 'callers', container),
} as const;
