// What the sidecar knows of an object's hidden values from its own writes: which have not changed from one resourceVersion to
// a later one. Each write was pinned to the version it was judged against, so nothing lies between the two.
import { placeId } from '../masking/put-back/live-secret.ts';
import type { HiddenPart, Place } from '../masking/sentinel.ts';

export interface Lineage {
  /** Whether the value at `place` is the same at `live` as it was at `version`; not known, or not followed, is no. */
  isUnchanged(uid: string, version: string, live: string, place: Place): boolean;
  /** A write took the object from one version to the next; what it left as it was stands not in `changed`. */
  wrote(uid: string, from: string, to: string, changed: readonly Place[]): void;
}

/** Versions one after the other, each made from the one before it by a write of ours. */
interface Line {
  readonly versions: readonly string[];
  /** Place → index of the version at which it was last changed; a place that is not here is as it was at the first. */
  readonly changedAt: ReadonlyMap<string, number>;
}

/** Objects that an agent edits at a time; beyond them the one that was longest not written is forgotten. */
const MAX_OBJECTS = 128;
/** Of one object: beyond these its line begins anew, and sentinels of before are stale. */
const MAX_VERSIONS = 64;
const MAX_CHANGED = 64;

/** Of these the whole value stands at the place: what has changed within another part is not looked at. */
const FOLLOWED: ReadonlySet<HiddenPart> = new Set(['data', 'annotation', 'copy']);

export function createLineage(): Lineage {
  const lines = new Map<string, Line>();
  return {
    isUnchanged(uid, version, live, place) {
      if (version === live) return true;
      if (!FOLLOWED.has(place.part)) return false;
      const { versions, changedAt } = lines.get(uid) ?? NOTHING;
      const at = versions.indexOf(version);
      return at !== -1 && versions.at(-1) === live && (changedAt.get(placeId(place)) ?? 0) <= at;
    },
    wrote(uid, from, to, changed) {
      if (to === from) return;
      const known = lines.get(uid);
      lines.delete(uid);
      lines.set(uid, extended(known?.versions.at(-1) === from ? known : startingAt(from), from, to, changed));
      const [oldest] = lines.keys();
      if (lines.size > MAX_OBJECTS && oldest !== undefined) lines.delete(oldest);
    },
  };
}

const startingAt = (version: string): Line => ({ versions: [version], changedAt: new Map() });
const NOTHING = startingAt('');

function extended({ versions, changedAt }: Line, from: string, to: string, changed: readonly Place[]): Line {
  if (versions.length >= MAX_VERSIONS || changedAt.size + changed.length > MAX_CHANGED)
    return changed.length > MAX_CHANGED ? startingAt(to) : extended(startingAt(from), from, to, changed);
  const both = new Map(changedAt);
  for (const place of changed) both.set(placeId(place), versions.length);
  return { versions: [...versions, to], changedAt: both };
}
