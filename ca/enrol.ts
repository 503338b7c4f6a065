// Enrolment and renewal, which are the same: attested anew each time, so that a pod that is gone gets nothing more.
// Gives a sidecar its two certificates and the roots to trust.
import type { EnrolRequest, EnrolResponse } from '../wire/enrol.ts';
import { type AttestDeps, type Attested, attest, type PodFacts } from './attest.ts';
import { type AttestationRefusal, refused } from './attestation-refusals.ts';
import { endOf, issue } from './certificate.ts';
import type { RootKind } from './profiles.ts';
import { bundle, type RootSet } from './root-set.ts';
import type { Root } from './roots.ts';

/** However near the end of a root is, a sidecar does not come again at once. */
const LEAST_RENEWAL_MS = 1_000;

export interface EnrolDeps<Pod extends PodFacts> extends AttestDeps<Pod> {
  roots: Record<RootKind, RootSet>;
  trustDomain: string;
}

export interface Enrolled {
  kind: 'enrolled';
  agent: Attested['agent'];
  response: EnrolResponse;
}

export async function enrol<Pod extends PodFacts>(
  request: EnrolRequest,
  deps: EnrolDeps<Pod>,
): Promise<Enrolled | AttestationRefusal> {
  const attested = await attest(request, deps);
  if (attested.kind === 'refused') return attested;
  const { agent, keys } = attested;
  const { roots, trustDomain, nowMs } = deps;
  const loopbackRoot = rootOfPod(roots.loopback, request.loopbackRoot, nowMs);
  if (loopbackRoot === undefined) return refused('LoopbackRootGone');
  const [identity, loopback] = await Promise.all([
    issue({ profile: 'identity', agent, trustDomain }, keys.identity, roots.control.signing, nowMs),
    issue({ profile: 'loopback' }, keys.loopback, loopbackRoot, nowMs),
  ]);
  const response = {
    identity,
    loopback,
    loopbackRoot: loopbackRoot.certPem,
    controlRoots: bundle(roots.control),
    renewAfterMs: halfLifeMs(roots.control.signing, loopbackRoot, nowMs),
  };
  return { kind: 'enrolled', agent, response };
}

/** Renewed at half the life of what ends first: one half is left to a controller that is down. */
function halfLifeMs(controlRoot: Root, loopbackRoot: Root, nowMs: number): number {
  const endsMs = Math.min(endOf('identity', controlRoot, nowMs), endOf('loopback', loopbackRoot, nowMs));
  return Math.max(LEAST_RENEWAL_MS, Math.floor((endsMs - nowMs) / 2));
}

/** Clients read `ca.crt` once, so a pod stays with the root it started with, also after another signs for new pods. */
function rootOfPod(set: RootSet, id: string | undefined, nowMs: number): Root | undefined {
  const root = id === undefined ? set.signing : set.published.find((published) => published.id === id);
  return root !== undefined && nowMs < root.endsMs ? root : undefined;
}
