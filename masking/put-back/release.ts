// The value of a Secret that holds a Helm release, where it is written with values hidden within it.
import { lookInto, putReleaseBack } from '../helm/put-back.ts';
import { isReleasePlace, releaseIn } from '../helm/release.ts';
import type { ValueField } from '../secret-fields.ts';
import type { Place } from '../sentinel.ts';
import { placeId } from './live-secret.ts';
import { fault } from './put-back.ts';
import { again, type Restored, restored, type Writing } from './writing.ts';

/** Of a value in `field`, where Helm keeps it in data alone. Undefined: it is no release, or one in which nothing is hidden. */
export function releasePutBack(
  writing: Writing,
  place: Place,
  field: ValueField,
  value: unknown,
): Restored | undefined {
  const { live, releases, hash, isCurrent, tally, tells, revealed } = writing;
  if (releases === undefined || !isReleasePlace(place) || typeof value !== 'string') return undefined;
  // Each time it is decoded, whatever becomes of it.
  if (!again(tally, 'a written release')) return fault('SentinelMisplaced', `${field}.release`);
  const stored = releaseIn({ type: live.type, data: { release: live.hidden.get(placeId(place))?.value } });
  if (stored === undefined || field === 'stringData') {
    const looked = lookInto(field, value, releases.gzip, live.type).kind;
    if (looked === 'nothing') return undefined;
    return fault(looked === 'tooLarge' ? 'TooLarge' : 'SentinelMisplaced', `${field}.release`);
  }
  const put = putReleaseBack(value, stored, {
    ...releases,
    hash,
    version: live,
    isCurrent: (version) => version === live.resourceVersion || isCurrent(version, place),
  });
  if (put.kind === 'plain') return undefined;
  const at = `data.release${put.kind === 'fault' && put.at !== '' ? `: ${put.at}` : ''}`;
  if (put.kind === 'fault') return fault(put.code, at);
  // What is told anew may stand over a description that is hidden.
  if (put.value !== stored && tells && !revealed && tells(place)) return fault('HiddenOverwritten', at);
  tally.count += put.count;
  return restored(put.value);
}
