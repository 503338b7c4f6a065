// Into which writes hidden values are put back, and how: one table. What no row takes is refused where a sentinel stands in it.

import { roomForReleases } from '../masking/helm/release.ts';
import { puttingSecretTextsBack, puttingTextsBack } from '../masking/patterns/put-back.ts';
import { isProtected } from '../masking/protected.ts';
import type { PuttingBack } from '../masking/put-back/put-back.ts';
import { puttingSecretBack, type SecretWrites } from '../masking/put-back/secret.ts';
import { secret } from '../masking/secret.ts';
import type { Hash } from '../masking/sentinel.ts';
import { type ApiRequest, readApiRequest } from '../policy/api-request.ts';
import { decide, type Permit } from '../policy/decide.ts';
import type { HeldEntitlements } from './held-entitlements.ts';
import type { Lineage } from './lineage.ts';
import { type LiveObject, pathOf } from './live-object.ts';
import type { PatternSource } from './patterns.ts';
import { releasesOf } from './releases.ts';

export interface PuttingBackParts {
  readonly hash: Hash;
  readonly lineage: Lineage;
  readonly held: HeldEntitlements;
  readonly now: () => number;
  /** Ready for the permit. */
  readonly patterns: Pick<PatternSource, 'of'>;
}

/** How it is done into one kind of object, given it as it stands. */
export type For = (live: LiveObject, permit: Permit, parts: PuttingBackParts) => PuttingBack;

interface Row {
  readonly takes: (permit: Permit, patterns: PuttingBackParts['patterns']) => boolean;
  readonly for: For;
}

const ROWS: readonly Row[] = [
  {
    takes: ({ request, unmasked }) => isProtected(request) && !unmasked,
    for: ({ version: { uid, resourceVersion } }, permit, { hash, lineage, held, now, patterns: source }) => {
      const releases = releasesOf(permit, source);
      const revealed = isRevealed(permit.request, held, now());
      const isCurrent: SecretWrites['isCurrent'] = (version, place) =>
        lineage.isUnchanged(uid, version, resourceVersion, place);
      const putting = puttingSecretBack({ hash, releases, isCurrent, revealed });
      const patterns = source.of(permit);
      if (patterns === undefined) return putting;
      const shown = secret({ hash, reveal: revealed, releases: { ...releases, room: roomForReleases() } });
      return puttingSecretTextsBack({ hash, patterns }, shown, putting);
    },
  },
  {
    takes: (permit, patterns) => patterns.of(permit) !== undefined,
    for: (_live, permit, { hash, patterns: source }) => {
      const patterns = source.of(permit);
      if (patterns === undefined) throw new Error('texts are put back only under patterns');
      return puttingTextsBack({ hash, patterns });
    },
  },
];

/** Undefined: nothing is put back into it. */
export function puttingBackFor(permit: Permit, patterns: PuttingBackParts['patterns']): For | undefined {
  const { request } = permit;
  const changes = request.kind === 'resource' && (request.verb === 'update' || request.verb === 'patch');
  // What a proxy is sent is no object.
  if (!changes || request.name === undefined || request.subresource === 'proxy') return undefined;
  return ROWS.find(({ takes }) => takes(permit, patterns))?.for;
}

/** Whether a get of the object would show its real values at this moment. */
function isRevealed(request: ApiRequest, held: HeldEntitlements, nowMs: number): boolean {
  const entitlements = held.current();
  const get = readApiRequest('GET', pathOf(request));
  if (entitlements === undefined || get.kind === 'refusal') return false;
  const decided = decide(get, entitlements, nowMs);
  return decided.kind === 'permit' && decided.reveal;
}
