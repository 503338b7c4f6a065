// Issues the certificates of profiles.ts: whom it names comes from the subject, everything else from the profile.
// No certificate outlives its root, and no root signs outside its kind.
import type { KeyObject } from 'node:crypto';
import { type Agent, agentUri } from './agent.ts';
import { BACKDATE_MS, LOOPBACK_NAMES, PROFILES, type ProfileName } from './profiles.ts';
import type { CertifiableKey } from './public-key.ts';
import type { Root } from './roots.ts';
import { type Name, signCertificate } from './x509.ts';

export type Subject =
  | { profile: 'identity'; agent: Agent; trustDomain: string }
  | { profile: 'serving'; dnsNames: readonly string[]; ips: readonly string[] }
  | { profile: 'loopback' };

/**
 * A certificate in PEM, signed by `root`, valid from a little before `nowMs` (wall clock) for the profile's lifetime or
 * until the root ends. The root signs directly, so the certificate is its own chain. Throws for a root of another kind or
 * one that is not valid at `nowMs`: both are mistakes of the caller, never of who asked.
 */
export async function issue(
  subject: Subject,
  publicKey: CertifiableKey,
  root: Root,
  nowMs: number,
): Promise<string> {
  const { root: kind, extendedKeyUsage } = PROFILES[subject.profile];
  if (root.kind !== kind) throw new Error(`a ${root.kind} root signs no ${subject.profile} certificate`);
  if (nowMs < root.bornMs - BACKDATE_MS || nowMs >= root.endsMs) {
    throw new Error(`the ${kind} root is not valid now; check the controller's clock`);
  }
  const contents = {
    commonName: `chaperone ${subject.profile}`,
    publicKey: publicKey as KeyObject,
    notBeforeMs: nowMs - BACKDATE_MS,
    notAfterMs: endOf(subject.profile, root, nowMs),
    extendedKeyUsage,
    names: namesOf(subject),
  };
  return signCertificate(contents, root);
}

/** When a certificate issued at `nowMs` ends: with its lifetime, or with its root. */
export function endOf(profile: ProfileName, root: Root, nowMs: number): number {
  return Math.min(nowMs + PROFILES[profile].lifetimeMs, root.endsMs);
}

function namesOf(subject: Subject): readonly Name[] {
  switch (subject.profile) {
    case 'identity':
      return [{ type: 'uri', value: agentUri(subject.agent, subject.trustDomain) }];
    case 'serving':
      return [
        ...subject.dnsNames.map((value) => ({ type: 'dns', value }) as const),
        ...subject.ips.map((value) => ({ type: 'ip', value }) as const),
      ];
    case 'loopback':
      return LOOPBACK_NAMES;
  }
}
