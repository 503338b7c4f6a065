// The fields that a Secret may have, as itself or as the copy of one: whatever is not named here makes it unreadable. How
// a value or an annotation is shown is for whoever asks.
import { asIs, each, entries, exactly, fields, flag, leftOut, orNull, type Show, text } from './shape.ts';

/** The two fields with values: base64, and as they are. */
export type ValueField = 'data' | 'stringData';

/** How that is shown which may be secret. */
export interface Shown {
  value(field: ValueField, key: string): Show;
  annotation(name: string): Show;
}

/** A Secret (core/v1), also as an item of a list, where the API server leaves apiVersion and kind out. */
export function secretFields(shown: Shown): Show {
  return fields({
    apiVersion: exactly('v1'),
    kind: exactly('Secret'),
    metadata: metadataFields(shown),
    type: text,
    immutable: orNull(flag),
    data: orNull(entries((key) => shown.value('data', key))),
    stringData: orNull(entries((key) => shown.value('stringData', key))),
  });
}

export function metadataFields({ annotation }: Pick<Shown, 'annotation'>): Show {
  return fields(
    { annotations: orNull(entries(annotation)), managedFields: orNull(each(managedFieldsEntry)) },
    asIs,
  );
}

// Ownership of one key moves when its value changes, which would tell a right guess from a wrong one.
const managedFieldsEntry: Show = fields(
  { fieldsV1: fields({ 'f:data': leftOut, 'f:stringData': leftOut }, asIs) },
  asIs,
);
