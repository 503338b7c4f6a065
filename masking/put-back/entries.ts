// Going through the entries of an object that is written, up to the first fault.
import { isJsonObject } from '../../policy/written/json.ts';
import { fault } from './put-back.ts';
import { type Restored, restored, type Writing, withoutMarker } from './writing.ts';

/** An object whose entries are those that `restore` gives; one that it gives as undefined is left out. */
export function eachEntry(
  writing: Writing,
  object: Readonly<Record<string, unknown>>,
  at: string,
  restore: (key: string, value: unknown) => Restored,
): Restored<Readonly<Record<string, unknown>>> {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(object)) {
    const named = withoutMarker(writing, key, at);
    const outcome = named.kind === 'fault' ? named : restore(key, value);
    if (outcome.kind === 'fault') return outcome;
    if (outcome.value !== undefined) entries.push([key, outcome.value]);
  }
  // fromEntries defines properties: a key named __proto__ (a legal Secret key) stays a key.
  return restored(Object.fromEntries(entries));
}

/** The same for a map below which values are hidden; null is none, and the API server knows nothing else there. */
export function eachOfMap(
  writing: Writing,
  map: unknown,
  at: string,
  restore: (key: string, value: unknown) => Restored,
): Restored {
  if (map === null) return restored(null);
  return isJsonObject(map) ? eachEntry(writing, map, at, restore) : fault('HiddenOverwritten', at);
}
