// What every root and every certificate of chaperone is for, and how long each one lives: two tables, no code that decides.
// A root signs for one use only; what a profile does not list, its certificates cannot do.
import type { Contents, Name } from './x509.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Certificates begin this much before they are made, for clocks that run behind ours. */
export const BACKDATE_MS = 2 * MINUTE_MS;

/** The names under which an agent's client may reach its sidecar; the loopback root can sign no other. */
export const LOOPBACK_NAMES: readonly Name[] = [
  { type: 'dns', value: 'localhost' },
  { type: 'dns', value: 'kubernetes.default.svc' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
];

export type RootKind = 'control' | 'loopback';
export type ProfileName = 'identity' | 'serving' | 'loopback';
type Usage = Contents['extendedKeyUsage'];

/**
 * - `succeedAfterMs`: age at which a root's successor is made and published.
 * - `validForMs`: age at which it ends and leaves the bundle. A loopback root lives long after its successor signs for new
 *   pods: clients read `ca.crt` once, so a pod keeps the root it started with until the pod ends.
 */
export const ROOTS = {
  control: {
    extendedKeyUsage: ['serverAuth', 'clientAuth'],
    permitted: [],
    succeedAfterMs: 180 * DAY_MS,
    validForMs: 365 * DAY_MS,
  },
  loopback: {
    extendedKeyUsage: ['serverAuth'],
    permitted: LOOPBACK_NAMES,
    succeedAfterMs: 365 * DAY_MS,
    validForMs: 3650 * DAY_MS,
  },
} as const satisfies Record<
  RootKind,
  { extendedKeyUsage: Usage; permitted: readonly Name[]; succeedAfterMs: number; validForMs: number }
>;

/** An identity speaks for one pod to the controller; serving is the controller's own; loopback is a sidecar's listener. */
export const PROFILES = {
  identity: { root: 'control', extendedKeyUsage: ['clientAuth'], lifetimeMs: HOUR_MS },
  serving: { root: 'control', extendedKeyUsage: ['serverAuth'], lifetimeMs: 7 * DAY_MS },
  loopback: { root: 'loopback', extendedKeyUsage: ['serverAuth'], lifetimeMs: 7 * DAY_MS },
} as const satisfies Record<ProfileName, { root: RootKind; extendedKeyUsage: Usage; lifetimeMs: number }>;

/** How long a new root is published before it signs: the longest life of a certificate that its kind signs. */
export function publicationMs(kind: RootKind): number {
  return Math.max(
    ...Object.values(PROFILES).flatMap((profile) => (profile.root === kind ? [profile.lifetimeMs] : [])),
  );
}
