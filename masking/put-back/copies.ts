// An annotation in which a tool keeps a copy of the object, as it is written: as it was shown it is the live text again,
// and else each of its own sentinels becomes the value that the live copy has there. No value of the object itself is ever
// put into a copy: whether the copy then changes would tell whether the two are equal (decisions/0017).
import { printCopy } from '../annotations.ts';
import type { ValueField } from '../secret-fields.ts';
import { copyShape, type Hide } from '../secret-shape.ts';
import {
  belongsTo,
  type Hash,
  type Place,
  type ReadSentinel,
  readSentinel,
  sentinel,
  type Version,
} from '../sentinel.ts';
import { masked, unreadable } from '../shape.ts';
import { type LiveAnnotation, placeId } from './live-secret.ts';
import { type Fault, fault } from './put-back.ts';
import {
  liveValue,
  nameOf,
  notStandingFor,
  plainOver,
  type Restored,
  readEncoded,
  restored,
  valueFor,
  type Writing,
  withoutMarker,
} from './writing.ts';

/** Stands in a new copy for a value of the object; tools read of a copy which keys it had. 21 bytes: base64 needs no padding. */
const LEFT_OUT = 'left out by chaperone';

interface Copy {
  readonly name: string;
  readonly text: string;
  readonly object: unknown;
}

/** `live` is the annotation of that name, whatever it is; undefined: there is none. */
export function copyPutBack(writing: Writing, copy: Copy, live: LiveAnnotation | undefined): Restored {
  const at = nameOf({ part: 'annotation', key: copy.name });
  if (live?.object !== undefined && isAsShown(writing, copy, live)) return liveText(writing, live);
  // Over a document that was hidden whole any copy is another text.
  const over = live?.object === undefined ? plainOver(writing, live?.places ?? [], '', at) : undefined;
  if (over?.kind === 'fault') return over;

  let refused: Fault | undefined;
  let replaced = false;
  const outcome = copyShape(copy.name, (place, value, encode) => {
    const read = sentinelAt(place, value);
    replaced ||= read !== undefined;
    const one =
      read === undefined
        ? plainOver(writing, [place], value, nameOf(place))
        : inCopy(writing, read, place, encode);
    if (one.kind === 'restored') return masked(one.value, 0);
    refused ??= one;
    return unreadable('is refused');
  })(copy.object);
  if (refused !== undefined) return refused;
  const rest = copyShape(copy.name, () => masked('', 0))(copy.object);
  const checked = withoutMarker(writing, rest.kind === 'masked' ? rest.value : undefined, at);
  if (checked.kind === 'fault') return checked;
  // As it was written it may hold more than was read of it: of a key that stands twice the last counts.
  if (!replaced) return withoutMarker(writing, copy.text, at);
  const printed = outcome.kind === 'masked' ? printCopy(outcome.value, copy.text) : outcome;
  return printed.kind === 'json' ? restored(printed.value) : fault('SentinelMisplaced', at);
}

function sentinelAt({ key }: Place, value: unknown): ReadSentinel | undefined {
  if (typeof value !== 'string') return undefined;
  return fieldAndKey(key)[0] === 'data' ? readEncoded(value) : readSentinel(value);
}

function inCopy(writing: Writing, read: ReadSentinel, place: Place, encode: Parameters<Hide>[2]): Restored {
  const { hash, live } = writing;
  const [field, key] = fieldAndKey(place.key);
  const ofObject: Place = { part: 'data', key };
  if (field === 'annotations' || !belongsTo(hash, read, live.uid, ofObject))
    return valueFor(writing, read, place);
  const refused = notStandingFor(writing, read, ofObject, nameOf(place));
  if (refused !== undefined) return refused;
  return live.hidden.has(placeId(place)) ? liveValue(writing, place) : restored(encode(LEFT_OUT));
}

function fieldAndKey(key: string): readonly [ValueField | 'annotations', string] {
  const [, field, inner] = JSON.parse(key);
  return [field, inner];
}

/**
 * As a reader saw it: at the version of its sentinels, at which each of its values must still be the same. Told for one
 * version in one write; what is put back value by value says the same.
 */
function isAsShown(
  { hash, live, isCurrent, tally }: Writing,
  copy: Copy,
  annotation: LiveAnnotation,
): boolean {
  const { text, object, places } = annotation;
  const said = firstVersion(copy);
  if (said === undefined && places.length > 0) return false;
  const resourceVersion = said ?? live.resourceVersion;
  const current = (place: Place) =>
    resourceVersion === live.resourceVersion || isCurrent(resourceVersion, place);
  let shown = tally.shown.get(copy.name);
  if (shown === undefined) {
    shown = {
      resourceVersion,
      text: shownCopy(hash, { uid: live.uid, resourceVersion }, { name: copy.name, text, object }),
    };
    tally.shown.set(copy.name, shown);
  }
  return shown.resourceVersion === resourceVersion && shown.text === copy.text && places.every(current);
}

/** What a reader sees of a live copy; undefined: nothing. */
function shownCopy(hash: Hash, version: Version, { name, text, object }: Copy): string | undefined {
  const shown = copyShape(name, (place, _value, encode) => masked(encode(sentinel(hash, version, place)), 1))(
    object,
  );
  const printed = shown.kind === 'masked' ? printCopy(shown.value, text) : shown;
  return printed.kind === 'json' ? printed.value : undefined;
}

function firstVersion({ name, object }: Copy): string | undefined {
  let version: string | undefined;
  copyShape(name, (place, value) => {
    version ??= sentinelAt(place, value)?.version;
    return masked(value, 0);
  })(object);
  return version;
}

function liveText(writing: Writing, { text, places }: LiveAnnotation): Restored {
  for (const place of places) {
    const value = liveValue(writing, place);
    if (value.kind === 'fault') return value;
  }
  return restored(text);
}
