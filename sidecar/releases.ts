// How releases of Helm are read in what a call is answered with, and in what it writes.
import { exemptAmong } from '../masking/helm/exempt.ts';
import type { ReleaseReading } from '../masking/helm/release.ts';
import { hiddenIn } from '../masking/patterns/lines.ts';
import type { Permit } from '../policy/decide.ts';
import { gzip } from './gzip.ts';
import type { PatternSource } from './patterns.ts';

/** `patterns` are ready for the permit. */
export function releasesOf(permit: Permit, patterns: Pick<PatternSource, 'of'>): ReleaseReading {
  const found = patterns.of(permit);
  return {
    gzip,
    finds: (text, key) => found !== undefined && hiddenIn(found, text, key).length > 0,
    exempt: permit.masking?.releases ?? [],
  };
}

/** Which of those that the policy names a call on Secrets may show. */
export function releasesShown({ masking, request }: Pick<Permit, 'masking' | 'request'>): string | undefined {
  return request.kind === 'resource' ? exemptAmong(masking?.releases ?? [], request) : undefined;
}
