// Who owns which field of a Secret, as it is written: what lies below data was not shown, and comes from the live object.
import { isJsonObject } from '../../policy/written/json.ts';
import { fault } from './put-back.ts';
import { again, type Restored, restored, type Writing, withoutMarker } from './writing.ts';

/** Left out where the entries are shown (secret-fields.ts). */
const HIDDEN = ['f:data', 'f:stringData'];

export function managedFieldsPutBack(writing: Writing, managedFields: unknown): Restored {
  const checked = withoutMarker(writing, managedFields, 'metadata.managedFields');
  if (checked.kind === 'fault' || !Array.isArray(managedFields)) return checked;
  if (!again(writing.tally, 'managedFields')) return fault('SentinelMisplaced', 'metadata.managedFields');
  const unused = Map.groupBy(writing.live.managedFields, identity);
  return restored(
    managedFields.map((entry: unknown) => entryPutBack(entry, unused.get(identity(entry))?.shift())),
  );
}

/** What tells one entry from another: k8s.io/apimachinery/pkg/util/managedfields/internal, BuildManagerIdentifier. */
function identity(entry: unknown): string {
  if (!isJsonObject(entry)) return '';
  return JSON.stringify([entry.manager, entry.operation, entry.apiVersion, entry.subresource]);
}

function entryPutBack(entry: unknown, live: unknown): unknown {
  if (!isJsonObject(entry) || !isJsonObject(entry.fieldsV1)) return entry;
  const ofLive = isJsonObject(live) && isJsonObject(live.fieldsV1) ? live.fieldsV1 : {};
  const fieldsV1 = [
    ...without(entry.fieldsV1),
    ...Object.entries(ofLive).filter(([name]) => HIDDEN.includes(name)),
  ];
  return { ...entry, fieldsV1: Object.fromEntries(fieldsV1) };
}

const without = (fieldsV1: object) => Object.entries(fieldsV1).filter(([name]) => !HIDDEN.includes(name));
