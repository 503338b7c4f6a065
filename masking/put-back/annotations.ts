// Annotations of a Secret that are written: a note is, a document that was hidden comes back whole, a copy of the object
// value by value.
import { readAnnotation } from '../annotations.ts';
import { type Place, readSentinel } from '../sentinel.ts';
import { copyPutBack } from './copies.ts';
import { eachOfMap } from './entries.ts';
import { nameOf, plainOver, type Restored, restored, valueFor, type Writing } from './writing.ts';

export function annotationsPutBack(writing: Writing, annotations: unknown): Restored {
  return eachOfMap(writing, annotations, 'metadata.annotations', (name, value) =>
    annotationPutBack(writing, name, value),
  );
}

function annotationPutBack(writing: Writing, name: string, value: unknown): Restored {
  const place: Place = { part: 'annotation', key: name };
  const live = writing.live.annotations.get(name);
  if (value === null && writing.nullRemoves) return restored(value);
  const text = typeof value === 'string' ? value : '';
  const whole = readSentinel(text);
  if (whole !== undefined) return valueFor(writing, whole, place);
  const read = readAnnotation(name, text);
  return read.kind === 'copy'
    ? copyPutBack(writing, { name, text, object: read.object }, live)
    : plainOver(writing, live?.places ?? [], value, nameOf(place));
}
