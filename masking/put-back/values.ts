// `data` and `stringData` of a Secret that is written. The API server puts stringData over data and keeps data alone, so a
// sentinel in stringData becomes the live value in data.
import { isJsonObject } from '../../policy/written/json.ts';
import { type Place, readSentinel } from '../sentinel.ts';
import { eachOfMap } from './entries.ts';
import { fault } from './put-back.ts';
import { releasePutBack } from './release.ts';
import { plainOver, type Restored, readEncoded, restored, valueFor, type Writing } from './writing.ts';

const placeOf = (key: string): Place => ({ part: 'data', key });

/** Base64, as it is and as its sentinel. */
export function dataPutBack(writing: Writing, data: unknown): Restored {
  return eachOfMap(writing, data, 'data', (key, value) => {
    const at = `data.${key}`;
    if (value === null && writing.nullRemoves) return restored(value);
    const read = typeof value === 'string' ? readEncoded(value) : undefined;
    if (read !== undefined) return valueFor(writing, read, placeOf(key));
    const release = releasePutBack(writing, placeOf(key), 'data', value);
    return release ?? plainOver(writing, [placeOf(key)], value, at);
  });
}

/** Texts as they are. Where a sentinel stood, its value comes into `moved`, to be set in data. */
export function stringDataPutBack(
  writing: Writing,
  stringData: unknown,
  moved: Map<string, unknown>,
): Restored {
  const outcome = eachOfMap(writing, stringData, 'stringData', (key, value) => {
    const at = `stringData.${key}`;
    if (value === null && writing.nullRemoves) return restored(value);
    const read = typeof value === 'string' && writing.atOnce ? readSentinel(value) : undefined;
    if (read === undefined)
      return (
        releasePutBack(writing, placeOf(key), 'stringData', value) ??
        plainOver(writing, [placeOf(key)], value, at)
      );
    const live = valueFor(writing, read, placeOf(key), at);
    if (live.kind === 'restored') moved.set(key, live.value);
    return live.kind === 'restored' ? restored(undefined) : live;
  });
  if (outcome.kind === 'fault' || moved.size === 0) return outcome;
  return isJsonObject(outcome.value) && Object.keys(outcome.value).length > 0 ? outcome : restored(undefined);
}

/**
 * Data with what was moved into it. Where a patch removes data, or says with a directive what becomes of it, nothing can be
 * set beside that.
 */
export function withMoved(writing: Writing, data: unknown, moved: ReadonlyMap<string, unknown>): Restored {
  if (moved.size === 0) return restored(data);
  const none = data === undefined || (data === null && !writing.nullRemoves);
  const map = none ? {} : data;
  if (!isJsonObject(map) || Object.hasOwn(map, '$patch')) return fault('SentinelMisplaced', 'stringData');
  return restored(Object.fromEntries([...Object.entries(map), ...moved]));
}
