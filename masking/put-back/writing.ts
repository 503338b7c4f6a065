// One write against one live Secret: what a sentinel at a place is worth, and whether a plain value may stand there.
import type { ReleaseReading } from '../helm/release.ts';
import { belongsTo, type Hash, type Place, type ReadSentinel, readSentinel } from '../sentinel.ts';
import { type LiveSecret, placeId } from './live-secret.ts';
import { markerIn } from './markers.ts';
import { type Fault, fault } from './put-back.ts';

/** A part of the write as it goes on; `undefined` is left out. */
export type Restored<T = unknown> = { readonly kind: 'restored'; readonly value: T } | Fault;

export const restored = <T>(value: T): Restored<T> => ({ kind: 'restored', value });

export interface Writing {
  readonly live: LiveSecret;
  readonly hash: Hash;
  /** Whether the value at a place is the same at an older version as at the live one. */
  readonly isCurrent: (version: string, place: Place) => boolean;
  /** The agent may read the values. */
  readonly revealed: boolean;
  /** How releases of Helm are read; undefined: they were hidden whole. */
  readonly releases: Pick<ReleaseReading, 'gzip' | 'finds'> | undefined;
  /** Where the answer could tell whether a plain value equals the one that it is written over; false: nowhere. */
  readonly tells: false | ((place: Place) => boolean);
  /** A null removes what stands there. */
  readonly nullRemoves: boolean;
  /** What is written is the object or a part of it, and no step of several. */
  readonly atOnce: boolean;
  readonly tally: Tally;
}

/** What was found on the way. */
export interface Tally {
  count: number;
  /** The agent said which version it writes to. */
  saysVersion: boolean;
  /** Lists of places, of which a place may be in several. */
  readonly changed: Set<readonly Place[]>;
  /** How often each was put back. */
  readonly times: Map<string, number>;
  /** What is shown of the live copy in an annotation, at the version that was asked for first. */
  readonly shown: Map<string, { readonly resourceVersion: string; readonly text: string | undefined }>;
}

export const newTally = (): Tally => ({
  count: 0,
  saysVersion: false,
  changed: new Set(),
  times: new Map(),
  shown: new Map(),
});

/** Of one place in one write: each data field, each tool's copy, a test before a write. More would only make it larger. */
const MAX_TIMES = 8;

/** What stands at `place`, for a sentinel that was written at `at`. */
export function valueFor(writing: Writing, read: ReadSentinel, place: Place, at = nameOf(place)): Restored {
  return notStandingFor(writing, read, place, at) ?? liveValue(writing, place);
}

/** Why a sentinel that was written at `at` does not stand for what is at `place` of the live object. */
export function notStandingFor(
  writing: Writing,
  read: ReadSentinel,
  place: Place,
  at: string,
): Fault | undefined {
  const { live, hash, isCurrent } = writing;
  if (!belongsTo(hash, read, live.uid, place)) return misplaced(writing, read, at);
  const current = read.version === live.resourceVersion || isCurrent(read.version, place);
  return current && live.hidden.has(placeId(place)) ? undefined : fault('SentinelStale', at);
}

/** What stands at a place of the live object, which hides something there. */
export function liveValue({ live, tally }: Writing, place: Place): Restored {
  if (!again(tally, placeId(place))) return fault('SentinelMisplaced', nameOf(place));
  tally.count += 1;
  return restored(live.hidden.get(placeId(place))?.value);
}

/** Counts that something of the live object is put back. False: too often. */
export function again({ times }: Tally, id: string): boolean {
  const count = (times.get(id) ?? 0) + 1;
  times.set(id, count);
  return count <= MAX_TIMES;
}

/** What is written as it is, over `places` where a value may be hidden. */
export function plainOver(writing: Writing, places: readonly Place[], value: unknown, at: string): Restored {
  const { live, tells, revealed, tally } = writing;
  const checked = withoutMarker(writing, value, at);
  if (checked.kind === 'fault') return checked;
  if (tells && !revealed && places.some((place) => live.hidden.has(placeId(place)) && tells(place)))
    return fault('HiddenOverwritten', at);
  tally.changed.add(places);
  return checked;
}

/** What is written where no value is hidden. */
export function withoutMarker(writing: Writing, value: unknown, at: string): Restored {
  const found = markerIn(value);
  return found === undefined
    ? restored(value)
    : misplaced(writing, wholeIn(found.text), `${at}${found.below}`.replace(/^\./, ''));
}

/** A sentinel, or `undefined` for a part of one, where none belongs or another does. */
function misplaced({ live, hash }: Writing, read: ReadSentinel | undefined, at: string): Fault {
  const known = read === undefined ? [] : [...live.hidden.values()];
  const own = known.find(({ place }) => read !== undefined && belongsTo(hash, read, live.uid, place));
  const refused = fault('SentinelMisplaced', at);
  return own === undefined ? refused : { ...refused, belongsAt: nameOf(own.place) };
}

/** How a fault names a place. */
export function nameOf({ part, key }: Place): string {
  if (part === 'copy') {
    const [annotation, field, inner] = JSON.parse(key);
    return `metadata.annotations.${annotation}: ${field}.${inner}`;
  }
  return part === 'annotation' ? `metadata.annotations.${key}` : `data.${key}`;
}

/** A sentinel that is the whole text, as it is or in base64. */
function wholeIn(text: string): ReadSentinel | undefined {
  return readSentinel(text) ?? readEncoded(text);
}

/** A sentinel in base64, exactly as it was shown. */
export function readEncoded(text: string): ReadSentinel | undefined {
  if (!/^[A-Za-z0-9]{96}$/.test(text)) return undefined;
  return readSentinel(atob(text));
}
