// A Secret that is written, whole or in part: each field by what may be hidden in it.
import { isJsonObject } from '../../policy/written/json.ts';
import { annotationsPutBack } from './annotations.ts';
import { eachEntry } from './entries.ts';
import { managedFieldsPutBack } from './managed-fields.ts';
import { fault } from './put-back.ts';
import { dataPutBack, stringDataPutBack, withMoved } from './values.ts';
import { type Restored, restored, type Writing, withoutMarker } from './writing.ts';

/** Secrets that are credentials for the API server: whoever may write one could choose the next. */
const CLOSED_TYPES: ReadonlySet<unknown> = new Set([
  'kubernetes.io/service-account-token',
  'bootstrap.kubernetes.io/token',
]);

export const isClosedType = (type: unknown): boolean => CLOSED_TYPES.has(type);

type Field = (writing: Writing, value: unknown) => Restored;

const METADATA = new Map<string, Field>([
  ['annotations', annotationsPutBack],
  ['managedFields', managedFieldsPutBack],
  ['uid', ({ live }, value) => ofLive(value, live.uid, 'metadata.uid')],
  ['resourceVersion', resourceVersionOf],
]);

/** The same part with the values that it has sentinels for; which version it is for is not set yet. */
export function partPutBack(writing: Writing, part: Readonly<Record<string, unknown>>): Restored<object> {
  const moved = new Map<string, unknown>();
  const fields = new Map<string, Field>([
    ['data', dataPutBack],
    ['stringData', (_, value) => stringDataPutBack(writing, value, moved)],
    ['metadata', metadataPutBack],
    [
      'type',
      (_, value) =>
        isClosedType(value) ? fault('ClosedType', 'type') : withoutMarker(writing, value, 'type'),
    ],
  ]);
  const outcome = eachEntry(writing, part, '', (key, value) => entry(writing, fields, key, value, key));
  if (outcome.kind === 'fault' || moved.size === 0) return outcome;
  const data = withMoved(writing, outcome.value.data, moved);
  return data.kind === 'fault' ? data : restored({ ...outcome.value, data: data.value });
}

function metadataPutBack(writing: Writing, metadata: unknown): Restored {
  if (metadata === null && !writing.nullRemoves) return restored(metadata);
  if (!isJsonObject(metadata)) return fault('ObjectChanged', 'metadata');
  return eachEntry(writing, metadata, 'metadata', (key, value) =>
    entry(writing, METADATA, key, value, `metadata.${key}`),
  );
}

function entry(
  writing: Writing,
  fields: ReadonlyMap<string, Field>,
  key: string,
  value: unknown,
  at: string,
): Restored {
  const field = fields.get(key);
  return field === undefined ? withoutMarker(writing, value, at) : field(writing, value);
}

function resourceVersionOf(writing: Writing, value: unknown): Restored {
  // For the API server 0 is none too.
  if (value === '0') return restored(value);
  const outcome = ofLive(value, writing.live.resourceVersion, 'metadata.resourceVersion');
  if (outcome.kind === 'restored' && outcome.value === writing.live.resourceVersion)
    writing.tally.saysVersion = true;
  return outcome;
}

/** What the agent says of the object that it writes to, where it says it. */
function ofLive(value: unknown, live: string, at: string): Restored {
  const unsaid = value === null || value === '';
  return unsaid || value === live ? restored(value) : fault('ObjectChanged', at);
}
