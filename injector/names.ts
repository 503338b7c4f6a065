// The facts that injection fixes for every pod: names, paths, ids and addresses.
// The sidecar and the chart know the same values; none of them can be set on a pod.

/** The sidecar's container name, and the prefix of every volume that is ours. */
export const SIDECAR = 'chaperone';
const VOLUME_PREFIX = 'chaperone-';

/** An id that no common image uses: distroless' `nonroot` is 65532, and sharing a UID would share too much. */
export const SIDECAR_ID = 61443;

export const LISTENER_HOST = '127.0.0.1';
export const LISTENER_PORT = 15443;

/**
 * Where every Kubernetes client looks for its credential. ServiceAccount admission runs again after the webhook and
 * compares this path as a string, so the mount must be at exactly these bytes.
 * Source: plugin/pkg/admission/serviceaccount/admission.go, DefaultAPITokenMountPath.
 */
export const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The whole prefix is ours, so that a later release can add a volume without meeting a pod's own. */
export function isOurVolume(name: string): boolean {
  return name.startsWith(VOLUME_PREFIX);
}

/** An annotation whose key names our container configures it in some runtime (AppArmor's deprecated key, NRI's). */
export function isAboutSidecar(annotation: string): boolean {
  return /[/.]chaperone$/.test(annotation);
}
