// Which values a write left as they were, by the object before and after it: nothing came between the two, so that
// comparing them tells nobody anything.
import type { Gzip } from '../helm/codec.ts';
import { isSameRelease } from '../helm/put-back.ts';
import { isReleasePlace, releaseIn } from '../helm/release.ts';
import { printJson } from '../json.ts';
import type { Place } from '../sentinel.ts';
import { hiddenIn, placeId } from './live-secret.ts';
import type { PutBack } from './put-back.ts';

/**
 * The places whose sentinels of `before` stand for what is in `after` too. `after` is the answer to a write that was pinned to
 * `before` and was no dry run; `changed` are the places that the agent wrote, which are never compared. None, where
 * one of the two is no Secret that can be shown.
 */
export function unchangedPlaces(
  before: unknown,
  after: unknown,
  changed: PutBack['changed'],
  gzip: Gzip,
): readonly Place[] {
  if (changed === 'all') return [];
  const written = new Set(changed.map(placeId));
  const earlier = hiddenIn(before) ?? new Map();
  return [...(hiddenIn(after) ?? new Map()).values()]
    .filter(({ place, value }) => {
      const id = placeId(place);
      if (written.has(id) || !earlier.has(id)) return false;
      // What Helm notes of a release is no part of what is hidden in it.
      const [one, other] = isReleasePlace(place) ? [before, after].map(releaseIn) : [];
      const isOneRelease = one !== undefined && other !== undefined && isSameRelease(one, other, gzip);
      return isOneRelease || isSame(earlier.get(id)?.value, value);
    })
    .map(({ place }) => place);
}

function isSame(one: unknown, other: unknown): boolean {
  const [a, b] = [printJson(one), printJson(other)];
  return a.kind === 'json' && b.kind === 'json' && a.value === b.value;
}
