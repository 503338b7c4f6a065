// A JSON Patch (RFC 6902) of a Secret: each value that an operation sets or tests is a part of the object; what would carry
// a hidden value elsewhere, or compare one with what was written before it, is refused.
import { isJsonObject } from '../../policy/written/json.ts';
import { partPutBack } from './part.ts';
import { partAt, readPointer, valueAt } from './pointer.ts';
import { type Fault, fault } from './put-back.ts';
import { createReach, type Reach } from './reach.ts';
import { plainOver, type Restored, restored, type Writing, withoutMarker } from './writing.ts';

type Operation = Readonly<Record<string, unknown>>;

/** The operations as they go on, without the version that they are for. */
export function operationsPutBack(writing: Writing, operations: unknown): Restored<readonly unknown[]> {
  if (!Array.isArray(operations)) return fault('SentinelMisplaced', '');
  const reach = createReach(writing);
  const list: unknown[] = [];
  for (const operation of operations) {
    const outcome = isJsonObject(operation) ? operationPutBack(writing, reach, operation) : unforeseen;
    if (outcome.kind === 'fault') return outcome;
    list.push(outcome.value);
  }
  return restored(list);
}

const unforeseen = fault('SentinelMisplaced', 'an operation');

function operationPutBack(writing: Writing, reach: Reach, operation: Operation): Restored {
  const { op, path, value = null } = operation;
  const keys = readPointer(path);
  if (keys === undefined) return unforeseen;
  const at = keys.join('.');
  // Entries are told apart by what is in them, and an index does not say which one is meant.
  if (keys[0] === 'metadata' && keys[1] === 'managedFields' && keys.length > 2)
    return fault('HiddenOverwritten', 'metadata.managedFields');
  switch (op) {
    case 'test':
      if (reach.isTouched(keys)) return fault('HiddenOverwritten', at);
      return withValue({ ...writing, tells: () => true }, operation, keys, value);
    case 'add':
    case 'replace':
      reach.touch(keys);
      return withValue(writing, operation, keys, value);
    case 'remove':
      reach.touch(keys);
      return withoutMarker(writing, operation, at);
    case 'copy':
    case 'move':
      return carried(writing, reach, operation, keys);
    default:
      return unforeseen;
  }
}

function withValue(
  writing: Writing,
  operation: Operation,
  keys: readonly string[],
  value: unknown,
): Restored {
  const { value: _, ...others } = operation;
  const checked = withoutMarker(writing, others, keys.join('.'));
  if (checked.kind === 'fault') return checked;
  const part = partAt(keys, value);
  const outcome = isJsonObject(part) ? partPutBack(writing, part) : fault('ObjectChanged', '');
  return outcome.kind === 'fault' ? outcome : restored({ ...operation, value: valueAt(keys, outcome.value) });
}

/** What is never taken from elsewhere: there the body alone must say what it is. */
const SAID: ReadonlyMap<string, Fault['code']> = new Map<string, Fault['code']>([
  ['', 'ObjectChanged'],
  ['metadata', 'ObjectChanged'],
  ['metadata.resourceVersion', 'ObjectChanged'],
  ['metadata.uid', 'ObjectChanged'],
  ['metadata.managedFields', 'HiddenOverwritten'],
  ['metadata.annotations', 'HiddenOverwritten'],
  ['data', 'HiddenOverwritten'],
  ['stringData', 'HiddenOverwritten'],
  ['type', 'ClosedType'],
]);

function carried(writing: Writing, reach: Reach, operation: Operation, keys: readonly string[]): Restored {
  const at = keys.join('.');
  const from = readPointer(operation.from);
  if (from === undefined || reach.mayHide(from)) return fault('HiddenCarried', from?.join('.') ?? at);
  const said = SAID.get(at);
  if (said !== undefined) return fault(said, at);
  reach.touch(keys);
  return plainOver(writing, reach.places(keys), operation, at);
}
