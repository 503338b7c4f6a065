// At which places of a Secret values are hidden. Who shows a Secret and who puts its values back both go through this, so
// that neither knows a place that the other does not.
import { isHiddenInCopy, printCopy, readAnnotation } from './annotations.ts';
import { metadataFields, type Shown, secretFields, type ValueField } from './secret-fields.ts';
import type { Place } from './sentinel.ts';
import { type Masked, masked, type Show, text, type Unreadable, unreadable } from './shape.ts';

/** Shows the value at a place; `encode` brings a sentence into the encoding of that place. */
export type Hide = (
  place: Place,
  value: unknown,
  encode: (sentence: string) => string,
) => Masked | Unreadable;

const plain = (sentence: string) => sentence;
const ENCODINGS = { data: btoa, stringData: plain } satisfies Record<ValueField, Parameters<Hide>[2]>;

export const secretShape = (hide: Hide): Show => secretFields(shownBy(hide));
export const metadataShape = (hide: Hide): Show => metadataFields(shownBy(hide));

/** The place of a value in the copy that an annotation holds, or of an annotation in it. */
function placeInCopy(annotation: string, field: ValueField | 'annotations', key: string): Place {
  return { part: 'copy', key: JSON.stringify([annotation, field, key]) };
}

function shownBy(hide: Hide): Shown {
  return {
    value: (field, key) => (value) => hide({ part: 'data', key }, value, ENCODINGS[field]),
    annotation: (name) => (value) => {
      if (typeof value !== 'string') return text(value);
      const read = readAnnotation(name, value);
      if (read.kind === 'note') return text(value);
      if (read.kind === 'document') return hide({ part: 'annotation', key: name }, value, plain);
      const shown = copyShape(name, hide)(read.object);
      const printed = shown.kind === 'masked' ? printCopy(shown.value, value) : shown;
      if (shown.kind === 'unreadable' || printed.kind === 'unreadable')
        return unreadable('is a copy that cannot be shown');
      return masked(printed.value, shown.count);
    },
  };
}

/** A copy has sentinels of its own: those of the live object would tell whether the two are equal. */
export function copyShape(name: string, hide: Hide): Show {
  return secretFields({
    value: (field, key) => (value) => hide(placeInCopy(name, field, key), value, ENCODINGS[field]),
    annotation: (inner) => (value) =>
      isHiddenInCopy(inner, value)
        ? hide(placeInCopy(name, 'annotations', inner), value, plain)
        : text(value),
  });
}
